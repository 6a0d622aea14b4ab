/** Who belongs to which topic. A room is made by its first member and goes with its last. */
export class Rooms<Member> {
  readonly #members = new Map<string, Set<Member>>();

  /** The members of `topic` now; empty when nobody has joined. */
  membersOf(topic: string): Iterable<Member> {
    return this.#members.get(topic) ?? [];
  }

  /** Adds a member; true when it is the first. */
  join(topic: string, member: Member): boolean {
    const members = this.#members.get(topic);
    members?.add(member);
    if (!members) this.#members.set(topic, new Set([member]));
    return members === undefined;
  }

  /** Takes a member out; true when it was the last. */
  leave(topic: string, member: Member): boolean {
    const members = this.#members.get(topic);
    if (!members?.delete(member) || members.size > 0) return false;
    return this.#members.delete(topic);
  }
}
