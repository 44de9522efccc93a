#pragma once

#include "core/jobs/experiment/run_record.h"

#include <QColor>
#include <QString>

#include <optional>
#include <string>

namespace vitrine
{

// How runs are written for people; the same words everywhere.
QString experimentWords(const std::string& id); // "attention.capture" -> "attention · capture"
QColor stateColour(RunState state);
QString startedWords(const std::string& utc);   // local time, "2026-05-01 14:03"
QString metricTitleWords(const Metric& metric); // "energy" of energy_mj in mJ; see metricTitle()
// "0.4127 s", "yes": 3-4 digits or so many decimals, a thin space before the unit.
QString metricWords(const Metric& metric, std::optional<int> decimals = {});
QString cellWords(const Cell& cell, std::optional<int> decimals = {}); // "–" for no value
QString cellHover(const Cell& cell); // numbers as readOut() has them, the whole text
QString cellExact(const Cell& cell); // every digit, for copying
// One line, long texts cut with an ellipsis, numbers with a true minus sign.
QString paramWords(const ParamValue& value);

// The file or model a run is about: what tells it from its neighbours. "vitrine-lm ·
// speech-2016.txt"
QString subjectOf(const RunRecord& run);

} // namespace vitrine
