// Deutsch, in the same files as English.
import type { Texts } from "../en";
import { alerts } from "./alerts";
import { connection, notices, signIn } from "./connection";
import { filters } from "./filters";
import { addressTypes, categories } from "./kinds";
import { legend, map } from "./map";
import { general, header, panel } from "./page";
import { sources } from "./sources";

export const de: Texts = {
  ...general,
  categories,
  addressTypes,
  header,
  panel,
  connection,
  signIn,
  notices,
  map,
  legend,
  filters,
  sources,
  alerts,
};
