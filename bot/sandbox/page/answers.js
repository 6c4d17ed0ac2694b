// What a person has entered but not yet sent, kept apart from the elements so that a redraw never loses it.

/** The answers on one surface (a message, a modal, the Home), by block and action. */
export class Answers {
  #given = new Map();

  set(blockId, actionId, answer) {
    this.#given.set(`${blockId}\n${actionId}`, answer);
  }

  get(blockId, actionId) {
    return this.#given.get(`${blockId}\n${actionId}`);
  }

  /** `{block_id: {action_id: answer}}` for the elements that still exist: `known` holds [block_id, action_id] pairs. */
  values(known) {
    const values = {};
    for (const [blockId, actionId] of known) {
      const answer = this.get(blockId, actionId);
      if (answer !== undefined) (values[blockId] ??= {})[actionId] = answer;
    }
    return values;
  }
}

const surfaces = new Map();

/** The same `Answers` for the same surface for as long as the page lives. */
export function answersFor(surface) {
  if (!surfaces.has(surface)) surfaces.set(surface, new Answers());
  return surfaces.get(surface);
}

export const forgetAnswers = () => surfaces.clear();
