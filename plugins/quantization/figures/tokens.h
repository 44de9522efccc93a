#pragma once

#include "plugins/quantization/figures/drawing.h"

#include <string>
#include <vector>

// What the versions expect next, at each token of the probe text.
namespace vitrine::quantization_plugin
{

// The tokens of the probe text as the run's table has them; empty: it has none.
std::vector<std::string> probeTokens(const RunRecord& run);

// A row for each token of the text of the first run that has such a table: what is read, the
// likeliest next token of the original and of each version, "≠" before one that differs, and the
// divergence. Runs of another text or original are left out.
Table nextTokensTable(const Drawing& drawing);
// The same of the selected token: a row for each rank, with probabilities.
Table likeliestTable(const Drawing& drawing);

// "kl-tokens": the divergence at each token, bars for each run.
figure::Figure klTokensFigure(const Drawing& drawing);

} // namespace vitrine::quantization_plugin
