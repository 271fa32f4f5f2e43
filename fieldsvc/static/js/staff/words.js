// Texts of the page, translated by the server: say('moved', { client: 'Hotel Boa Nova' }).
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
const oneDigit = new Intl.NumberFormat(
  document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const plural = new Intl.PluralRules(document.documentElement.lang);

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

export const say = (key, values = {}) => fill(words[key], values);

/** The form of `key` for the number `n`: the server gives both as `key_one` and `key_other`. */
export const count = (key, n, values = {}) =>
  fill(words[`${key}_${plural.select(n) === 'one' ? 'one' : 'other'}`], { n, ...values });

/** Kilometres as the reader writes them: 1.9 km, 1,9 km. */
export const kilometres = km => say('km', { km: oneDigit.format(km) });
