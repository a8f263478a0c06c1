// How trials are made, which changes how precise an answer is, never what it is an answer to.
#pragma once

namespace shortfall {

// plain: all trials independent. latin_hypercube: the 256 trials of a block have one normal in each 256th of the distribution, in an order of the
// stream's and block's own (McKay, Beckman, Conover 1979), balanced against the system's factor; blocks are independent of each other, trials within
// a block are not.
enum class Sampling { plain, latin_hypercube };

// Whether an organisation's own pressures are drawn, or integrated over along one direction (sim/integrate).
enum class PressureMethod { sampled, integrated };

struct Method {
  Sampling sampling = Sampling::plain;
  PressureMethod pressure = PressureMethod::sampled;
  bool plain() const { return sampling == Sampling::plain && pressure == PressureMethod::sampled; }
};

}  // namespace shortfall
