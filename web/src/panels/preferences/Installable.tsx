// Makes the page an app for browsers that want one: notes their offer. Draws nothing.
"use client";

import { useEffect } from "react";
import { watchInstall } from "./useInstall";

export function Installable() {
  useEffect(() => watchInstall(), []);
  return null;
}
