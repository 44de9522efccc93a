#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

// Stored runs of quantization.kernels and what is said of them. Any thread.
namespace vitrine::quantization_plugin
{

bool isKernelsRun(const RunRecord& run);       // it holds times of at least one kernel
std::string kernelsName(const RunRecord& run); // "#3 4,096 x 4,096, 3 bits, blocks"

// A row for each kernel and number of threads of each run, as people read it. `runOf`: place of
// each row's run.
VersionTable kernelsTable(const Runs& runs);

// Which kernel is the fastest, how near it is to what the memory gives and how exact: a sentence
// for each run.
std::string kernelsVerdict(const Runs& runs);

// How the families compare, and what the runs say of themselves, each once.
std::vector<std::string> kernelsRemarks(const Runs& runs);

// Those of runs that lack what a figure draws left out of it:
//   "kernel-times"  of one product: a bar for each kernel and number of threads; of several runs
//                   for each run, on as many threads as it had
//   "kernel-rates"  weights read in a second, the same way, beside what plain loops read
std::vector<figure::Figure> kernelsFigures(const Runs& runs, const State& state = {});

} // namespace vitrine::quantization_plugin
