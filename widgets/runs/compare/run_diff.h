#pragma once

#include "core/jobs/experiment/run_record.h"

#include <QString>
#include <QTableWidget>

#include <vector>

namespace vitrine
{

// One line of a comparison of runs: a parameter, metric or circumstance, one text per run.
struct DiffRow {
    QString group; // "Parameters", "Results", "Circumstances"
    QString name;
    std::vector<QString> values, exact; // for people; with every digit
    std::vector<QString> hovers;        // of numbers; empty: exact
    QString difference;                 // last minus first, for numbers of two runs
    bool differs = false;
};

// Of at least one run. Values present in some runs only are "–" in the others. Times and rates are
// marked as measured and do not count as a difference of the result.
std::vector<DiffRow> diffRuns(const std::vector<const RunRecord*>& runs);

// The rows as a table, differences on a tinted ground, with a column per run.
class RunDiff : public QTableWidget
{
    Q_OBJECT
public:
    explicit RunDiff(QWidget* parent = nullptr);
    void setRuns(const std::vector<const RunRecord*>& runs, bool onlyDifferences = false);
};

} // namespace vitrine
