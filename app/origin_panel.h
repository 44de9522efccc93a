#pragma once

#include "core/figure/figure.h"
#include "widgets/view.h"

#include <QDialog>

#include <vector>

namespace vitrine
{

// "Where from?": for each run behind a figure its inputs with hashes, versions, seed, machine and
// command, and "Run again".
class OriginPanel : public QDialog
{
    Q_OBJECT
public:
    OriginPanel(const figure::Figure& figure, const std::vector<RunHandle>& runs, QWidget* parent);

signals:
    void againRequested(const QString& uid);
    void showInRuns(const QString& uid);

private:
    QWidget* makeRun(const RunRecord& run, QWidget* parent);
};

} // namespace vitrine
