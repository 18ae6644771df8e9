// Deutsch: kinds of things, and how their positions are obtained.
import type { Texts } from "../en";

export const categories: Texts["categories"] = {
  unknown: "Unbekannt",
  light: "Leicht",
  small: "Klein",
  large: "Groß",
  high_vortex: "Starke Wirbelschleppe",
  heavy: "Schwer",
  high_performance: "Hochleistung",
  rotorcraft: "Drehflügler",
  glider: "Segelflugzeug",
  lighter_than_air: "Ballon oder Luftschiff",
  parachutist: "Fallschirm",
  ultralight: "Ultraleicht",
  drone: "Drohne",
  space: "Raumfahrzeug",
  emergency_vehicle: "Einsatzfahrzeug",
  service_vehicle: "Servicefahrzeug",
  obstacle: "Hindernis",
};

export const addressTypes: Texts["addressTypes"] = {
  unknown: "Unbekannt",
  adsb_icao: "ADS-B",
  adsb_icao_nt: "ADS-B ohne Transponder",
  adsb_other: "ADS-B, nicht ICAO",
  adsr_icao: "ADS-R",
  adsr_other: "ADS-R, nicht ICAO",
  tisb_icao: "TIS-B",
  tisb_other: "TIS-B, nicht ICAO",
  tisb_trackfile: "TIS-B-Radarspur",
  adsc: "ADS-C",
  mlat: "MLAT",
  mode_s: "Mode S",
  flarm: "FLARM",
  radar: "Radar",
  simulated: "Simuliert",
  non_icao: "Andere, nicht ICAO",
  other: "Andere",
};
