/** Wilson's score interval for a share of `hits` in `all`, 95 %. */
export function wilson(hits: number, all: number): readonly [number, number] {
  const z = 1.96
  const share = hits / all
  const middle = share + z ** 2 / (2 * all)
  const half = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  const scale = 1 + z ** 2 / all
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)]
}
