// Questions to the server. A refusal is an error with the server's words; a lost reply is neither yes nor no.
export class Refused extends Error {
  constructor(status, answer) {
    super(answer.error ?? '');
    this.status = status;
    this.answer = answer;
  }
}

async function answerOf(reply) {
  const answer = reply.headers.get('Content-Type')?.includes('json') ? await reply.json() : {};
  if (!reply.ok) throw new Refused(reply.status, answer);
  return answer;
}

export async function post(url, body, options = {}) {
  const token = document.querySelector('meta[name=csrf-token]').content;
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token };
  return answerOf(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), ...options }));
}

/** The JSON at `url`, or null when there is nothing new (204). */
export async function get(url, options = {}) {
  const reply = await fetch(url, { headers: { Accept: 'application/json' }, ...options });
  return reply.status === 204 ? null : answerOf(reply);
}
