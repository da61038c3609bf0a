/** The rewriting that a program gets before it is lowered: each rule takes the program that the one before left. */
import type { Program } from '../graph/program.js';
import { affine, convolutionEpilogue } from './affine.js';
import { channelDot } from './channel-dot.js';
import { gradientSum } from './gradient-sum.js';
import { padding } from './padding.js';
import { reluGradient, stepOfRelu } from './relu-gradient.js';
import { rewrite } from './rewrite.js';

/** Inputs and outputs stay, in number and in order. */
export function fuse(program: Program): Program {
  const rules = [padding, stepOfRelu(), reluGradient, channelDot, gradientSum, affine, convolutionEpilogue];
  return rules.reduce(rewrite, program);
}
