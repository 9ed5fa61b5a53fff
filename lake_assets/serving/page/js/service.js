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

const TOKEN = "lake-token";

/** Send this token from now on, for as long as the tab is open. */
export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

async function ask(path, signal) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let answer;
  try {
    answer = await fetch(path, { signal, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Gone("The service does not answer. Is `lake serve` still running?");
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => null);
    throw new Refusal(answer.status, said?.error?.message ?? `${answer.status}`);
  }
  return answer;
}

export async function askJson(path, signal) {
  return (await ask(path, signal)).json();
}

export async function askBlocks(path, signal) {
  return readBlocks(await (await ask(path, signal)).arrayBuffer());
}
