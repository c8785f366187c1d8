/** A node in a row, by its id. */
export class Node {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

/** An edge in a row, by its id. */
export class Edge {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}
