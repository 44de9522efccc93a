#pragma once

#include "plugins/quantization/figures/versions.h"

#include <map>
#include <string>

// What the live card says of a run and of what came back of a session.
namespace vitrine::quantization_plugin
{

inline constexpr int kLiveWindows = 2; // of the text that judges, the first ones

int mostPlanes(const RunRecord& run); // of its layers; 0 where it says no bits
int planesOf(const RunRecord& run, const std::string& layer); // 0: it has no such layer

// What is asked of quantization.planes for this run.
std::map<std::string, std::string> liveWish(const RunRecord& run, const std::string& folder,
                                            int planes, const std::map<std::string, int>& single,
                                            const std::string& prompt);

// What it means to drop planes of this run's codes.
std::string droppingWords(const RunRecord& run);

// A run of those shown that was fitted with so many bits, on the windows that `live` was judged on:
// its perplexity there, or that none is shown. Empty where that says nothing.
std::string fittedWords(const RunRecord& live, const RunRecord& run, const Runs& shown);

} // namespace vitrine::quantization_plugin
