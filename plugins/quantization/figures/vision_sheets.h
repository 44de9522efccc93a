#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// A kept picture, no larger than a sheet shows it; without colours where it cannot be read. Reads a
// file.
figure::Image keptImage(const RunRecord& run, const std::string& file);

// Pictures with what they are, what the model called them and how probable that was; where
// `isOfBoth` what both models called them. Of one cell, where one is given.
// Nothing is added where no picture of the table can be read. Reads files.
void addSheet(std::vector<figure::Figure>& all, figure::Figure figure, const RunRecord& run,
              const char* table, bool isOfBoth, const State* cell = nullptr);

} // namespace vitrine::quantization_plugin
