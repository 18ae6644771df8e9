// The flag beside a country's name; nothing where there is none. Decorative: the name stands beside it.

export function Flag({ address }: { readonly address: string | undefined }) {
  if (address === undefined) return null;
  return (
    // biome-ignore lint/performance/noImgElement: an address of data, which needs no loader
    <img
      alt=""
      className="mr-2 inline-block h-3 w-4.5 flex-none rounded-[1px] align-[-0.1em] ring-1 ring-line"
      data-flag
      src={address}
    />
  );
}
