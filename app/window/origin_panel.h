#pragma once

#include "core/figure/figure.h"
#include "widgets/view.h"

#include "widgets/runner/runner.h"

#include <QDialog>

#include <map>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace vitrine
{

// "Where from?": for each run behind a figure its inputs with hashes, versions, seed, machine and
// command, and "Run again".
class OriginPanel : public QDialog
{
    Q_OBJECT
public:
    OriginPanel(const figure::Figure& figure, const std::vector<RunHandle>& runs, QWidget* parent);

    // Of a run that repeats one of those shown here; others are left alone.
    void takeOutcome(const RunHandle& again);
    void setProgress(const RunStatus& status);

signals:
    void againRequested(const QString& uid);
    void showInRuns(const QString& uid);

private:
    struct Part { // of one run
        RunHandle run;
        QVBoxLayout* outcome = nullptr;
        QPushButton* again = nullptr;
        QLabel* words = nullptr;
    };
    QWidget* makeRun(const RunHandle& handle, QWidget* parent);

    std::map<std::string, Part> parts_; // by uid
};

} // namespace vitrine
