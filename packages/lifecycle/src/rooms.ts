/** Gives a message to the members of a topic. */
export type Deliver<Message> = (topic: string, message: Message, isBinary: boolean) => void;

const nobody: ReadonlySet<never> = new Set();

/** Who belongs to which topic. A room is made by its first member and goes with its last. */
export class Rooms<Member> {
  /** Hear of a topic's first member, and of its last one's leaving. */
  onFirst: (topic: string) => void = () => {};
  onLast: (topic: string) => void = () => {};
  readonly #members = new Map<string, Set<Member>>();

  /** The members of `topic` now; empty when nobody has joined. */
  membersOf(topic: string): ReadonlySet<Member> {
    return this.#members.get(topic) ?? nobody;
  }

  /** Adds a member. */
  join(topic: string, member: Member): void {
    const members = this.#members.get(topic);
    if (members) members.add(member);
    else {
      this.#members.set(topic, new Set([member]));
      this.onFirst(topic);
    }
  }

  /** Takes a member out. */
  leave(topic: string, member: Member): void {
    const members = this.#members.get(topic);
    if (!members?.delete(member) || members.size > 0) return;
    this.#members.delete(topic);
    this.onLast(topic);
  }
}
