const nobody: ReadonlySet<never> = new Set();

/** Who belongs to which topic. A room is made by its first member and goes with its last. */
export class Rooms<Member> {
  readonly #members = new Map<string, Set<Member>>();

  /** The members of `topic` now; empty when nobody has joined. */
  membersOf(topic: string): ReadonlySet<Member> {
    return this.#members.get(topic) ?? nobody;
  }

  /** Adds a member. */
  join(topic: string, member: Member): void {
    const members = this.#members.get(topic);
    if (members) members.add(member);
    else this.#members.set(topic, new Set([member]));
  }

  /** Takes a member out. */
  leave(topic: string, member: Member): void {
    const members = this.#members.get(topic);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(topic);
  }
}
