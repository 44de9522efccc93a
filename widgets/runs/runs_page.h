#pragma once

#include "widgets/view.h"

#include <QString>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace vitrine
{

class RunDetail;
class RunDiff;
class Runner;
class RunsModel;

// Runs: filter words and chips above a dense table; beside it the detail of the selected run, or
// the differences of several.
class RunsPage : public QWidget
{
    Q_OBJECT
public:
    explicit RunsPage(Runner& runner, QWidget* parent = nullptr);

    void openStore(); // the runner has a workspace now
    void reload();    // keeps selection and place
    void select(const QStringList& uids);
    QStringList selected() const; // uids, in the table's order

    QJsonObject state() const; // filter, sorting
    void setState(const QJsonObject& state);

signals:
    void openRequested(const QStringList& uids); // several: compare
    void againRequested(const QString& uid);
    void resumeRequested(const QString& uid);
    void exportRequested(const QString& uid);
    void reportRequested(const QStringList& uids);
    void message(const QString& line);
    void stateChanged();

private:
    QWidget* makeFilters();
    QWidget* makeActions();
    void rebuildChips();
    void applyFilter();
    void showSelection();
    void removeSelected();
    void updateEmptyState();

    Runner& runner_;
    RunsModel* model_;
    QTableView* table_;
    QStackedWidget* middle_; // table, or what belongs here
    QLabel* empty_;
    QStackedWidget* side_;
    RunDetail* detail_;
    RunDiff* diff_;
    QLineEdit* filter_;
    QHBoxLayout* chips_;
    QLabel* count_;
    QPushButton *open_, *compare_, *again_, *export_, *report_, *remove_;
    QString experiment_, runState_; // chosen chips
    QTimer typing_;
};

} // namespace vitrine
