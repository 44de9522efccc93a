#include "core/learning/nets/queue/queue.h"
#include "core/learning/nets/queue/queue_state.h"
#include "core/learning/nets/training/card.h"

#include <cmath>
#include <cstdio>
#include <exception>
#include <ostream>

namespace vitrine::learning
{
namespace
{

constexpr double kTrendSeconds = 1800.0;

double trendOf(const TrainingLog& log)
{
    if (log.selections.size() < 2)
        return std::nan("");
    const auto& newest = log.selections.back();
    const auto* before = &log.selections.front();
    for (const auto& point : log.selections)
        if (point.first <= newest.first - kTrendSeconds)
            before = &point;
    return newest.second - before->second;
}

double shippedSelection(const QueuePlaces& places, const std::string& name)
{
    const std::string folder = places.models + "/" + name;
    return hasCard(folder) ? readCard(folder).selection.value : std::nan("");
}

std::string tableNumber(double value, const char* format)
{
    if (std::isnan(value))
        return "-";
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace

std::vector<QueueRow> queueRows(const QueuePlaces& places)
{
    const QueueLock::Holder holder = QueueLock::holder(places);
    std::vector<QueueRow> rows;
    for (const QueueEntry& entry : queueEntries(places)) {
        QueueRow row{entry.name,
                     "waiting",
                     entry.log.step,
                     entry.steps,
                     entry.log.seconds / 3600.0,
                     entry.log.selections.empty() ? std::nan("")
                                                  : entry.log.selections.back().second,
                     entry.language,
                     trendOf(entry.log),
                     std::nan("")};
        std::string error = entry.error;
        try {
            row.shipped = shippedSelection(places, entry.name);
        } catch (const std::exception& wrongCard) {
            error = wrongCard.what();
        }
        if (!error.empty())
            row.state = "failed: " + error;
        else if (holder.process > 0 && holder.name == entry.name)
            row.state = "training";
        else if (entry.finished())
            row.state = "finished";
        rows.push_back(row);
    }
    return rows;
}

void printQueueTable(const std::vector<QueueRow>& rows, std::ostream& out)
{
    char line[256];
    std::snprintf(line, sizeof line, "%-24s %10s %10s %8s %10s %9s %10s  %s\n", "model", "step",
                  "of", "hours", "score", "trend", "shipped", "state");
    out << line;
    for (const QueueRow& row : rows) {
        std::snprintf(
            line, sizeof line, "%-24s %10lld %10lld %8.2f %10s %9s %10s  ", row.name.c_str(),
            static_cast<long long>(row.step), static_cast<long long>(row.steps), row.processorHours,
            tableNumber(row.selection, "%.4f").c_str(), tableNumber(row.trend, "%+.4f").c_str(),
            tableNumber(row.shipped, "%.4f").c_str());
        out << line << row.state << "\n";
    }
    for (const QueueRow& row : rows)
        if (row.isLoss && !std::isnan(row.selection))
            out << "The score of " << row.name << " is a loss: lower is better.\n";
    out.flush();
}

} // namespace vitrine::learning
