// The document around the page. Theme and language are set before the first paint, to avoid a white
// flash and a change of language.
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { HEAD_SCRIPT } from "@/panels/preferences/headScript";
import "./globals.css";

export const metadata: Metadata = {
  description: "Live positions of aircraft on a map, as a table and in figures.",
  robots: { index: false },
  manifest: "manifest.webmanifest",
  icons: { icon: "icon.svg", apple: "icon-192.png" },
  appleWebApp: { capable: true, title: "Flights", statusBarStyle: "black-translucent" },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1620" },
  ],
};

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, which must run before anything is drawn */}
        <script dangerouslySetInnerHTML={{ __html: HEAD_SCRIPT }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
