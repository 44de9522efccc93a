#include "widgets/runs/compare/run_diff.h"

#include <QHeaderView>

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "widgets/table/data_table.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

namespace vitrine
{
namespace
{

using Runs = std::vector<const RunRecord*>;

// Names over all runs, in the order in which they first occur.
std::vector<std::string>
namesOf(const Runs& runs, const std::function<std::vector<std::string>(const RunRecord&)>& of)
{
    std::vector<std::string> names;
    for (const RunRecord* run : runs) {
        for (const std::string& name : of(*run)) {
            if (std::ranges::find(names, name) == names.end())
                names.push_back(name);
        }
    }
    return names;
}

bool anyDiffers(const std::vector<QString>& texts)
{
    return std::ranges::any_of(texts, [&](const QString& text) { return text != texts.front(); });
}

DiffRow paramRow(const Runs& runs, const std::string& name)
{
    DiffRow row;
    row.group = "Parameters";
    row.name = QString::fromStdString(name);
    for (const RunRecord* run : runs) {
        const bool given = run->params.has(name);
        const ParamValue value =
            given ? run->params.all().find(name)->second : ParamValue(std::string());
        row.values.push_back(given ? paramWords(value) : "–");
        row.exact.push_back(given ? QString::fromStdString(paramText(value)) : "");
    }
    row.differs = anyDiffers(row.exact) || anyDiffers(row.values);
    return row;
}

DiffRow metricRow(const Runs& runs, const std::string& name)
{
    DiffRow row;
    row.group = "Results";
    bool measured = false;
    std::vector<double> numbers;
    for (const RunRecord* run : runs)
        if (const Metric* metric = run->result.metric(name))
            numbers.push_back(metric->value);
    const auto decimals = numbers.size() > 1 ? commonDecimals(numbers) : std::nullopt;
    for (const RunRecord* run : runs) {
        const Metric* metric = run->result.metric(name);
        row.values.push_back(metric != nullptr ? metricWords(*metric, decimals) : "–");
        row.exact.push_back(metric != nullptr ? QString::fromStdString(shortest(metric->value))
                                              : "");
        row.hovers.push_back(metric != nullptr ? QString::fromStdString(readOut(metric->value))
                                               : "");
        if (metric != nullptr)
            row.name = metricTitleWords(*metric);
        measured = measured || (metric != nullptr && metric->origin == Origin::measured);
    }
    row.differs = !measured && anyDiffers(row.exact);
    if (row.differs && !anyDiffers(row.hovers)) // it takes all digits to see it
        for (std::size_t i = 0; i < row.exact.size(); ++i)
            row.hovers[i] = QString::fromStdString(withTrueMinus(row.exact[i].toStdString()));
    if (measured)
        row.name += " (measured)";
    if (runs.size() == 2 && numbers.size() == 2 && numbers[0] != numbers[1]) {
        const double change = numbers[1] - numbers[0];
        row.difference = (change > 0 ? "+" : "") + QString::fromStdString(significant(change));
    }
    return row;
}

DiffRow textRow(const Runs& runs, const char* name,
                const std::function<std::string(const RunRecord&)>& of)
{
    DiffRow row;
    row.group = "Circumstances";
    row.name = name;
    for (const RunRecord* run : runs) {
        row.values.push_back(QString::fromStdString(of(*run)));
        row.exact.push_back(row.values.back());
    }
    row.differs = anyDiffers(row.values);
    return row;
}

QTableWidgetItem* cell(const QString& text, const QString& hover)
{
    auto* item = new QTableWidgetItem(shownText(text));
    item->setToolTip(shownText(hover.isEmpty() ? text : hover));
    return item;
}

} // namespace

std::vector<DiffRow> diffRuns(const Runs& runs)
{
    std::vector<DiffRow> rows;
    for (const std::string& name : namesOf(runs, [](const RunRecord& run) {
             std::vector<std::string> names;
             for (const auto& [param, value] : run.params.all())
                 names.push_back(param);
             return names;
         }))
        rows.push_back(paramRow(runs, name));
    for (const std::string& name : namesOf(runs, [](const RunRecord& run) {
             std::vector<std::string> names;
             for (const Metric& metric : run.result.metrics)
                 names.push_back(metric.name);
             return names;
         }))
        rows.push_back(metricRow(runs, name));
    rows.push_back(
        textRow(runs, "experiment", [](const RunRecord& run) { return run.experiment; }));
    rows.push_back(
        textRow(runs, "program", [](const RunRecord& run) { return run.programVersion; }));
    rows.push_back(textRow(runs, "build", [](const RunRecord& run) { return run.build; }));
    rows.push_back(
        textRow(runs, "machine", [](const RunRecord& run) { return run.host + " · " + run.cpu; }));
    return rows;
}

RunDiff::RunDiff(QWidget* parent) : QTableWidget(parent)
{
    styleTable(*this);
    setAccessibleName("Comparison of runs");
    setSelectionMode(QAbstractItemView::ExtendedSelection);
}

void RunDiff::setRuns(const Runs& runs, bool onlyDifferences)
{
    clear();
    setRowCount(0);
    if (runs.empty())
        return setColumnCount(0);
    const bool two = runs.size() == 2;
    QStringList heads = {""};
    for (const RunRecord* run : runs)
        heads << QString("run %1").arg(run->number);
    if (two)
        heads << "difference";
    setColumnCount(static_cast<int>(heads.size()));
    setHorizontalHeaderLabels(heads);

    const theme::Palette& p = theme::palette();
    QString group;
    for (const DiffRow& diff : diffRuns(runs)) {
        if (onlyDifferences && !diff.differs && diff.difference.isEmpty())
            continue;
        if (diff.group != group) {
            group = diff.group;
            insertRow(rowCount());
            auto* heading = cell(group, {});
            heading->setFont(theme::uiFont(13, QFont::DemiBold));
            heading->setFlags(Qt::NoItemFlags);
            heading->setForeground(p.text);
            setItem(rowCount() - 1, 0, heading);
            setSpan(rowCount() - 1, 0, 1, columnCount());
        }
        const int row = rowCount();
        insertRow(row);
        auto* name = cell(diff.name, {});
        name->setForeground(diff.differs ? p.text : p.muted);
        setItem(row, 0, name);
        for (std::size_t i = 0; i < diff.values.size(); ++i)
            setItem(row, static_cast<int>(i) + 1,
                    cell(diff.values[i], diff.hovers.empty() ? diff.exact[i] : diff.hovers[i]));
        if (two)
            setItem(row, 3, cell(diff.difference, {}));
        for (int column = 1; column < columnCount(); ++column) {
            item(row, column)
                ->setTextAlignment(Qt::AlignVCenter |
                                   (diff.group == "Results" ? Qt::AlignRight : Qt::AlignLeft));
        }
        for (int column = 0; diff.differs && column < columnCount(); ++column)
            item(row, column)->setBackground(p.accentSoft);
    }
    resizeColumnsToContents();
    for (int column = 0; column < columnCount(); ++column)
        setColumnWidth(column, std::clamp(columnWidth(column) + 12, 72, column == 0 ? 140 : 110));
}

} // namespace vitrine
