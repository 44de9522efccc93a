#include "widgets/table/run_text.h"

#include <QDateTime>
#include <QFileInfo>

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/metric_words.h"
#include "core/store/subject.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"

#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kLongText = 96;
constexpr std::size_t kLongNumber = 9; // a person who typed one knows it by its digits
constexpr qsizetype kLongestUnit = 40;
constexpr QChar kThinSpace(0x2009);

QString number(double value, std::optional<int> decimals)
{
    return QString::fromStdString(columnText(value, decimals));
}

} // namespace

QString experimentWords(const std::string& id)
{
    return QString::fromStdString(id).replace(".", " · ");
}

QColor stateColour(RunState state)
{
    const theme::Palette& p = theme::palette();
    switch (state) {
    case RunState::done:
        return p.good;
    case RunState::failed:
        return p.error;
    case RunState::paused:
    case RunState::interrupted:
    case RunState::cancelled:
        return p.warning;
    case RunState::queued:
    case RunState::running:
        break;
    }
    return p.accent;
}

QString startedWords(const std::string& utc)
{
    const auto time = QDateTime::fromString(QString::fromStdString(utc), Qt::ISODateWithMs);
    return time.isValid() ? time.toLocalTime().toString("yyyy-MM-dd HH:mm") : QString();
}

QString metricTitleWords(const Metric& metric)
{
    return QString::fromStdString(metricTitle(metric));
}

QString metricWords(const Metric& metric, std::optional<int> decimals)
{
    if (const auto words = wordsFor(metric))
        return QString::fromStdString(*words);
    if (metric.unit == "s" && std::isfinite(metric.value))
        return QString::fromStdString(durationText(metric.value));
    const QString text = number(metric.value, decimals);
    const bool plain = metric.unit.empty() || metric.unit == "1";
    return plain ? text : text + kThinSpace + shownText(metric.unit, kLongestUnit);
}

QString cellWords(const Cell& cell, std::optional<int> decimals)
{
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return QString::fromStdString(wholeText(*whole));
    if (const auto* real = std::get_if<double>(&cell))
        return number(*real, decimals);
    if (const auto* text = std::get_if<std::string>(&cell))
        return shownText(*text);
    return "–";
}

QString cellHover(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return QString::fromStdString(readOut(*real));
    return std::holds_alternative<std::int64_t>(cell) ? cellWords(cell) : cellExact(cell);
}

QString cellExact(const Cell& cell)
{
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return QString::number(*whole);
    if (const auto* real = std::get_if<double>(&cell))
        return QString::fromStdString(shortest(*real));
    if (const auto* text = std::get_if<std::string>(&cell))
        return QString::fromStdString(*text);
    return {};
}

QString paramWords(const ParamValue& value)
{
    std::string whole = paramText(value);
    if (const auto* real = std::get_if<double>(&value); real && whole.size() > kLongNumber)
        whole = readOut(*real);
    else if (real || std::holds_alternative<std::int64_t>(value))
        whole = withTrueMinus(whole);
    QString text = shownText(whole).simplified();
    if (text.size() > kLongText)
        text = text.left(kLongText - 1) + "…";
    return text;
}

QString subjectOf(const RunRecord& run)
{
    QStringList parts;
    for (const char* name :
         {"model", "file", "reference", "prompt_file", "prompt", "token_ids", "task", "data"}) {
        if (!run.params.has(name))
            continue;
        QString text = paramWords(run.params.all().find(name)->second);
        if (QString(name) != "prompt" && text.contains('/'))
            text = QFileInfo(text).fileName();
        if (QString(name) == "prompt" || QString(name) == "token_ids")
            text = "“" + (text.size() > 40 ? text.left(39) + "…" : text) + "”";
        parts << text;
    }
    if (parts.isEmpty()) // "systolic · deit-tiny"
        parts << shownText(subjectOf(run.params)).simplified();
    parts.removeAll(QString());
    return parts.isEmpty() ? experimentWords(run.experiment) : parts.join(" · ");
}

} // namespace vitrine
