// Every word of the page in English, a file for each panel. Its type is what a translation must have. Parameters come
// formatted: a number is text already.
import { connection, notices } from "./connection";
import { addressTypes, categories } from "./kinds";
import { legend, map } from "./map";
import { general, header, panel } from "./page";
import { sources } from "./sources";

export const en = {
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

export type Texts = typeof en;
export type General = typeof general;
