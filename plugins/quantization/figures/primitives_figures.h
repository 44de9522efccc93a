#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

// Stored runs of quantization.primitives and what is said of them. Any thread.
namespace vitrine::quantization_plugin
{

bool isPrimitivesRun(const RunRecord& run);       // it holds times of products
std::string primitivesName(const RunRecord& run); // "#3 adding and shifting, published sizes"

// A row for each product, kernel and number of threads of each run, as people read it.
VersionTable primitivesTable(const Runs& runs);

// How adding and shifting compare with multiplying on one thread: sentences for each run.
std::string primitivesVerdict(const Runs& runs);
std::vector<std::string> primitivesRemarks(const Runs& runs); // what runs say of themselves

// "primitive-ratios"  how many times as fast as multiplying, on one thread: a bar for each kernel
//                     at each size, of the first run
// "primitive-times"   time of a product, the same way
std::vector<figure::Figure> primitivesFigures(const Runs& runs, const State& state = {});

} // namespace vitrine::quantization_plugin
