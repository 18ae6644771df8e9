// Numbers in texts: their digits and the plural that they take (CLDR), as browsers know them.

interface Numbers {
  number(value: number): string;
  /** The category of plurals: "one", "many", "other" … */
  category(value: number): Intl.LDMLPluralRule;
}

/** Both are made when they are first needed: that costs a browser milliseconds before the first picture. */
export function numbersOf(language: string): Numbers {
  let format: Intl.NumberFormat | null = null;
  let rules: Intl.PluralRules | null = null;
  return {
    number(value) {
      format ??= new Intl.NumberFormat(language);
      return format.format(value);
    },
    category(value) {
      rules ??= new Intl.PluralRules(language);
      return rules.select(value);
    },
  };
}
