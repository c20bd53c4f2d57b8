/**
 * What the form library asks of a validator, by a checker that interprets schemas: the page's policy runs no code that is
 * made from text. The form asks only which of several choices fits; what is wrong, the server says.
 */
import { validate } from "@cfworker/json-schema";
import type { RJSFSchema, ValidatorType } from "@rjsf/utils";

export function createFormValidator(): ValidatorType {
  const fits = (schema: RJSFSchema, value: unknown, root: RJSFSchema): boolean => {
    try {
      // References of a piece point into the whole.
      const { $defs, definitions, properties } = root;
      const whole = { $defs, definitions, properties, ...schema };
      return validate(value, structuredClone(withoutUndefined(whole)) as never, "2020-12").valid;
    } catch {
      // A schema that cannot be used fits nothing; the server says what is wrong with it.
      return false;
    }
  };
  return {
    validateFormData: () => ({ errors: [], errorSchema: {} }),
    isValid: (schema, value, root) => fits(schema, value, root),
    rawValidation: () => ({ errors: [] }),
  };
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
