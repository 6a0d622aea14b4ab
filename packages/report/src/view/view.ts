/** What a text means, which each printer shows in its own way. */
export type Tone =
  | 'best'
  | 'equal'
  | 'behind'
  | 'better'
  | 'worse'
  | 'undecided'
  | 'unranked'
  | 'none'
  | 'broken';

/** One cell of a table. All text is plain: each printer escapes it. */
export interface Text {
  readonly text: string;
  /** Half the width of its interval, `± 3 %`. */
  readonly spread?: string;
  /** What stands below or behind it, smaller. */
  readonly detail?: string;
  readonly tone?: Tone;
  /** What a pointer that rests on it may show. */
  readonly title?: string;
  /** In a base unit, for sorting and for who takes the table along. */
  readonly value?: number;
  readonly bar?: Bar;
  /** A command that measures it. */
  readonly command?: string;
  /** Its own address on the page. */
  readonly id?: string;
  /** The table that has more about it. */
  readonly link?: string;
}

/** A bar in a cell, as shares of the longest, 0 to 1. */
export interface Bar {
  readonly share: number;
  /** The ends of its interval. */
  readonly lo?: number;
  readonly hi?: number;
  /** The load generator was the limit: the truth may be anything beyond. */
  readonly hollow?: boolean;
}

/** A column's heading. */
export interface Column {
  readonly title: string;
  /** What the title means, in a sentence or two. */
  readonly about?: string;
  /** The base unit of its values. */
  readonly unit?: string;
  /** The target that the column is of. */
  readonly target?: string;
  /** The need that the column is of. */
  readonly need?: string;
  /** What the title is for, e.g. `per message`. */
  readonly detail?: string;
  /** A printer with little room shows the spread and details of these columns only. */
  readonly lead?: true;
}

/** One line of a table. */
export interface Row {
  readonly head: string;
  /** The target that the row is of; absent where it is of something else. */
  readonly target?: string;
  readonly detail?: string;
  readonly id?: string;
  /** A remark below the table is about it. */
  readonly marked?: boolean;
  readonly cells: readonly Text[];
}

/** A doubt about some rows. */
export interface Remark {
  readonly about: string;
  readonly text: string;
  /** A reader must not miss it, however little room there is. */
  readonly grave: boolean;
}

/** A table with a heading over its first column, which holds the rows' heads. */
export interface Table {
  /** Where a text leads to it. */
  readonly id?: string;
  readonly title: string;
  readonly corner: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly remarks?: readonly Remark[];
  /** What a reader may choose it by, e.g. `route: direct`. */
  readonly facets?: Readonly<Record<string, string>>;
  /**
   * What a printer does with columns that are too many for its width: leaves the last ones out, unless it is to print them
   * in a second table, or each column as a line of its own, `head: row text · row text`, or each row as one.
   */
  readonly narrow?: 'split' | 'lines' | 'rows';
}

/** A part of a report. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly tables: readonly Table[];
  readonly list: readonly string[];
  /** A few words on what it answers, for a printer that shows its title only. */
  readonly hint?: string;
  /** What a terminal shows, too. */
  readonly brief?: true;
}

/** A section of which only what it has is named. */
export function section(of: Pick<Section, 'id' | 'title'> & Partial<Section>): Section {
  return { paragraphs: [], tables: [], list: [], ...of };
}

/** A report as its printers show it. */
export interface View {
  readonly title: string;
  /** On what it was measured. */
  readonly about: string;
  /** What a reader must know before anything else. */
  readonly banner: string | null;
  /** What was found, in three lines at most. */
  readonly found: readonly string[];
  readonly sections: readonly Section[];
}
