// Remembers the browser's offer to install the page as an app. Renders nothing.
"use client";

import { useEffect } from "react";
import { watchInstall } from "./useInstall";

export function Installable() {
  useEffect(() => watchInstall(), []);
  return null;
}
