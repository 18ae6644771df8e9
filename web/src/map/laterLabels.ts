// The labels, loaded after the first picture. FlightLayer uses it like a LabelLayer.
import type { FlightRows } from "@/flights/flightRows";
import type { Formats } from "@/texts/formats";
import type { LabelLayer, Visible } from "./labelLayer";
import { AFTER_PICTURE_MS, LaterPart } from "./laterPart";
import type { Scene } from "./renderer";

export class LaterLabels {
  private readonly later: LaterPart<LabelLayer>;
  private isOn = true;
  private formats: Formats | null = null;

  /** @param loaded called when labels can be drawn. */
  constructor(
    container: HTMLElement,
    private readonly rows: FlightRows,
    loaded: () => void,
  ) {
    const load = async () => new (await import("./labelLayer")).LabelLayer(rows);
    this.later = new LaterPart("labels", load, (layer) => {
      layer.show(this.isOn);
      if (this.formats !== null) layer.setFormats(this.formats);
      container.append(layer.canvas);
      loaded();
    });
  }

  show(isOn: boolean): void {
    this.isOn = isOn;
    this.later.part?.show(isOn);
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.later.part?.setFormats(formats);
  }

  draw(scene: Scene, visible: Visible): void {
    if (this.later.part !== null) this.later.part.draw(scene, visible);
    else if (this.rows.rowCount > 0) this.later.ask(AFTER_PICTURE_MS);
  }

  remove(): void {
    this.later.close();
    this.later.part?.canvas.remove();
  }
}
