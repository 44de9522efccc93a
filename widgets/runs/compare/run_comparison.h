#pragma once

#include "widgets/view.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QLabel;

namespace vitrine
{

class RunDiff;

// As many runs as a view shows side by side.
inline constexpr int kMostCompared = 8;

// Two to eight runs beside each other: parameters, results, inputs and circumstances, differences
// on a tinted ground; or only what differs.
class RunComparison : public QWidget
{
    Q_OBJECT
public:
    explicit RunComparison(QWidget* parent = nullptr);

    void setRuns(std::vector<RunHandle> runs, qsizetype selected);

private:
    void refresh();

    QLabel *heading_, *hint_;
    QCheckBox* only_;
    RunDiff* diff_;
    std::vector<RunHandle> runs_;
};

} // namespace vitrine
