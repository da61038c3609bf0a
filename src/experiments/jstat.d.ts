/** What is used of jStat, which has no types of its own. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: {
      /** The quantile: the x below which Student's t with so many degrees of freedom lies with probability `p`. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  };
  export default jStat;
}
