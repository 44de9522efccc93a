#include "widgets/runs/compare/run_comparison.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/runs/compare/run_diff.h"

#include <algorithm>
#include <iterator>

namespace vitrine
{

RunComparison::RunComparison(QWidget* parent)
    : QWidget(parent),
      heading_(new QLabel(this)),
      hint_(new QLabel(this)),
      only_(new QCheckBox("Only what differs", this)),
      diff_(new RunDiff(this))
{
    heading_->setProperty("role", "section");
    hint_->setProperty("role", "muted");
    hint_->setWordWrap(true);
    only_->setAccessibleName("Only what differs");
    only_->setToolTip("Leave out parameters and results that are equal in all these runs");
    auto* top = new QHBoxLayout;
    top->addWidget(heading_, 1);
    top->addWidget(only_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 12, 16, 12);
    column->setSpacing(8);
    column->addLayout(top);
    column->addWidget(hint_);
    column->addWidget(diff_, 1);
    connect(only_, &QCheckBox::toggled, this, &RunComparison::refresh);
}

void RunComparison::setRuns(std::vector<RunHandle> runs, qsizetype selected)
{
    const bool same = std::ranges::equal(
        runs, runs_, {}, [](const auto& run) { return run->uid; },
        [](const auto& run) { return run->uid; });
    runs_ = std::move(runs);
    heading_->setText(QString("%1 runs").arg(selected));
    hint_->setText(selected > kMostCompared
                       ? QString("The first %1 of the selected runs. A comparison shows two to %1.")
                             .arg(kMostCompared)
                       : QString());
    hint_->setVisible(selected > kMostCompared);
    if (!same)
        refresh();
}

void RunComparison::refresh()
{
    std::vector<const RunRecord*> records;
    std::ranges::transform(runs_, std::back_inserter(records), &RunHandle::get);
    diff_->setRuns(records, only_->isChecked());
}

} // namespace vitrine
