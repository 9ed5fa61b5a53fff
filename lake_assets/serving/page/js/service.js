// Asking the service, and what is said when it cannot answer.

import { readBlocks } from "./blocks.js";

/** A refusal in the service's own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The service did not answer at all. */
export class Gone extends Error {}

async function ask(path, signal) {
  let answer;
  try {
    answer = await fetch(path, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Gone("The service does not answer. Is `lake serve` still running?");
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => null);
    throw new Refusal(answer.status, said?.error?.message ?? said?.message ?? `${answer.status}`);
  }
  return answer;
}

export async function askJson(path, signal) {
  return (await ask(path, signal)).json();
}

export async function askBlocks(path, signal) {
  return readBlocks(await (await ask(path, signal)).arrayBuffer());
}
