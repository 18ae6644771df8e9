// Français, in the same files as English.
import type { Texts } from "../en";
import { connection, notices } from "./connection";
import { addressTypes, categories } from "./kinds";
import { legend, map } from "./map";
import { general, header, panel } from "./page";
import { sources } from "./sources";

export const fr: Texts = {
  ...general,
  categories,
  addressTypes,
  header,
  panel,
  connection,
  notices,
  map,
  legend,
  sources,
};
