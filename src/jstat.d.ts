/** What is used of jStat, which has no types of its own. */
declare module 'jstat' {
  const jStat: {
    readonly normal: {
      /** The quantile: the x below which a normal variable of this mean and deviation lies with probability `p`. */
      inv(p: number, mean: number, deviation: number): number;
    };
    readonly studentt: {
      /** The quantile: the x below which Student's t with so many degrees of freedom lies with probability `p`. */
      inv(p: number, degreesOfFreedom: number): number;
    };
  };
  export default jStat;
}
