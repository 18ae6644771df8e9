// Two short tones for an alert whose rule wants a sound. Browsers play none before the first click or key on a page.

const TONES_HZ = [880, 1_175] as const;
const TONE_S = 0.16;
const LOUDNESS = 0.15;

let context: AudioContext | null = null;

export async function playAlert(): Promise<void> {
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  const loudness = context.createGain();
  loudness.gain.value = LOUDNESS;
  loudness.connect(context.destination);
  TONES_HZ.forEach((frequencyHz, i) => {
    const tone = (context as AudioContext).createOscillator();
    tone.frequency.value = frequencyHz;
    tone.connect(loudness);
    const startS = (context as AudioContext).currentTime + i * TONE_S;
    tone.start(startS);
    tone.stop(startS + TONE_S);
  });
}
