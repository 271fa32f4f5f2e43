"""The inner loops: plain functions over arrays of whole minutes, compiled by Numba when `compile_kernels`
asks.

One row is one technician-day. Between its stops lie gaps; gap k lies ahead of stop k and the last one ahead
of the way home. Every time is kept once per **subset of the shift's breaks** that is taken by then, as the
bits of an integer: with b breaks there are 2^b of them.
"""
