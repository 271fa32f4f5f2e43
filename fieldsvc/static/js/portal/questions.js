// Questions that show only after certain answers: what the server decides when the form is sent (domain/catalogue/
// answers.py and conditions/about_answers.py), said at once. A question that is hidden counts as not answered.
export function follow(part) {
  const rules = JSON.parse(part.querySelector('script[type="application/json"]').textContent);
  const update = () => show(part, rules);
  part.addEventListener('input', update);
  part.addEventListener('change', update);
  addEventListener('pageshow', update);  // a browser that goes back fills the form again
  update();
}

function show(part, rules) {
  const answers = {}, shown = [];
  for (const rule of rules) {
    const place = part.querySelector(`[data-question="${rule.code}"]`);
    const isShown = holds(rule.show_if, answers);
    place.hidden = !isShown;
    if (!isShown) continue;
    shown.push(rule.code);
    const given = READ[rule.kind]?.(place, rule) ?? [];
    if (given.length) answers[rule.code] = given;
  }
  part.querySelector('[name="shown_questions"]').value = shown.join(',');
}

// --- What was answered, as texts; what the server refuses is no answer --------------------------------

const typed = place => place.querySelector('input:not([type="hidden"]), textarea')?.value.trim() ?? '';
const chosen = place => [...place.querySelectorAll('input:checked')].map(input => input.value);
const short = longest => place => {
  const text = typed(place);
  return text && [...text].length <= longest ? [text] : [];
};
const written = pattern => place => pattern.test(typed(place)) ? [typed(place)] : [];
const uploaded = place => {
  const isKept = place.querySelector('[name$="-kept"]') && !place.querySelector('[name$="-remove"]')?.checked;
  return isKept || [...place.querySelectorAll('[type="file"]')].some(input => input.files.length) ? ['0'] : [];
};

const READ = {
  short_text: short(200),
  long_text: short(2000),
  date: written(/^(19|20|21)\d\d-\d\d-\d\d$/),
  time: written(/^([01]\d|2[0-3]):[0-5]\d$/),
  number: numberOf,
  yes_no: chosen,
  choice: chosen,
  choices: chosen,
  rating: chosen,
  nps: chosen,
  photo: uploaded,
  file: uploaded,
  signature: place => uploaded(place).length ? ['0'] : named(place),
};

function numberOf(place, rule) {
  const found = /^(-?[0-9]{1,9})(?:[.,]([0-9]{1,4}))?$/.exec(typed(place));
  if (!found || (found[2] ?? '').length > rule.decimals) return [];
  const number = Number(`${found[1]}.${found[2] ?? 0}`);
  const isOutside = (rule.lowest !== null && number < rule.lowest) || (rule.highest !== null && number > rule.highest);
  return isOutside ? [] : [String(number === 0 ? 0 : number)];
}

function named(place) {
  const name = place.querySelector('input[autocomplete="name"]').value.trim();
  return name && name.length <= 100 ? [name] : [];
}

// --- The part of the condition language that is about answers -----------------------------------------

function holds(tree, answers) {
  if (!Object.keys(tree).length) return true;
  if ('condition' in tree) return CONDITIONS[tree.condition](answers[tree.field] ?? [], tree);
  const [[group, children]] = Object.entries(tree);
  if (group === 'all') return children.every(child => holds(child, answers));
  return children.some(child => holds(child, answers)) === (group === 'any');
}

const CONDITIONS = {
  answer_is: (given, { value }) => given.includes(value),
  answer_is_not: (given, { value }) => !given.includes(value),
  answer_is_one_of: (given, { values }) => given.some(one => values.includes(one)),
  answer_at_least: (given, { value }) => given.length > 0 && Number(given[0]) >= value,
  answer_at_most: (given, { value }) => given.length > 0 && Number(given[0]) <= value,
  is_answered: given => given.length > 0,
  is_not_answered: given => given.length === 0,
};

for (const part of document.querySelectorAll('[data-questions]')) follow(part);
