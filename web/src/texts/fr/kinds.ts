// Français: kinds of things, and how their positions are obtained.
import type { Texts } from "../en";

export const categories: Texts["categories"] = {
  unknown: "Inconnue",
  light: "Léger",
  small: "Petit",
  large: "Gros",
  high_vortex: "Fort tourbillon",
  heavy: "Lourd",
  high_performance: "Haute performance",
  rotorcraft: "Hélicoptère",
  glider: "Planeur",
  lighter_than_air: "Ballon ou dirigeable",
  parachutist: "Parachutiste",
  ultralight: "ULM",
  drone: "Drone",
  space: "Engin spatial",
  emergency_vehicle: "Véhicule de secours",
  service_vehicle: "Véhicule de service",
  obstacle: "Obstacle",
};

export const addressTypes: Texts["addressTypes"] = {
  unknown: "Inconnue",
  adsb_icao: "ADS-B",
  adsb_icao_nt: "ADS-B sans transpondeur",
  adsb_other: "ADS-B, hors OACI",
  adsr_icao: "ADS-R",
  adsr_other: "ADS-R, hors OACI",
  tisb_icao: "TIS-B",
  tisb_other: "TIS-B, hors OACI",
  tisb_trackfile: "Piste TIS-B",
  adsc: "ADS-C",
  mlat: "MLAT",
  mode_s: "Mode S",
  flarm: "FLARM",
  radar: "Radar",
  simulated: "Simulée",
  non_icao: "Autre, hors OACI",
  other: "Autre",
};
