#pragma once

#include "widgets/runs/find/run_finder.h"
#include "widgets/view.h"

#include <QString>
#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QTableView;

namespace vitrine
{

class FilterBar;
class NamePicker;
class ParallelPanel;
class RunComparison;
class RunDetail;
class Runner;
class RunsModel;
class ScatterPanel;
class TagPicker;

// Runs: a filter above a dense table, a scatter plot and parallel coordinates of the same runs;
// beside them the detail of the selected run, or the differences of several. What a plot brushes
// narrows the table.
class RunsPage : public QWidget
{
    Q_OBJECT
public:
    explicit RunsPage(Runner& runner, QWidget* parent = nullptr);

    void openStore(); // the runner has a workspace now
    void reload();    // keeps selection and place
    void select(const QStringList& uids);
    QStringList selected() const; // uids, in the table's order
    std::vector<std::int64_t> selectedNumbers() const;
    bool isSettled() const; // no search is under way

    QJsonObject state() const; // filter, saved searches, columns, sorting, plots
    void setState(const QJsonObject& state);

    void applyEdit(const QJsonObject& edit); // tags and notes of before or after, see run_edits.h

signals:
    void openRequested(const QStringList& uids); // several: compare
    void againRequested(const QString& uid);
    void resumeRequested(const QString& uid);
    void exportRequested(const QString& uid);
    void reportRequested(const QStringList& uids);
    void originRequested(const QString& uid, const QString& what); // "Where from?" of a value
    void message(const QString& line);
    void stateChanged();
    // A person has changed tags or a note, and it is stored: for undo.
    void edited(const QString& label, const QJsonObject& before, const QJsonObject& after,
                const QString& mergeKey);

private:
    using Numbers = std::shared_ptr<const std::vector<std::int64_t>>;
    enum Tab { table, scatter, parallel };

    // runs_page.cpp
    QWidget* makeTabs();
    void connectParts();
    void search();
    QStringList axesFor(const FoundRuns& found);
    void take(const std::shared_ptr<FoundRuns>& found);
    void sizeColumns();
    void updateWords();
    void showTab(int tab);
    void readColumns();
    void brush(Tab from, const Numbers& kept);

    // runs_page_acts.cpp
    QWidget* makeActions();
    void showSelection();
    void showSide();
    void showUnderWay();
    void widenSide(int width);
    void removeSelected();
    void editTags(qint64 number, const QStringList& tags);
    void editNote(qint64 number, const QString& note);
    void changeTags(const QStringList& added, const QStringList& removed);
    void connectDetail();

    Runner& runner_;
    RunFinder* finder_;
    RunsModel* model_;
    FilterBar* filter_;
    QTabBar* tabs_;
    NamePicker* columns_;
    QStackedWidget* views_; // one per tab
    QTableView* table_;
    ScatterPanel* scatter_;
    ParallelPanel* parallel_;
    QStackedWidget* middle_; // views, or what belongs here
    QLabel* empty_;
    QStackedWidget* side_;
    RunDetail* detail_;
    RunComparison* comparison_;
    QPushButton *open_, *compare_, *again_, *export_, *report_, *remove_;
    TagPicker* tags_;

    QString sortBy_ = "number";
    bool descending_ = true;
    Numbers kept_; // by the brush of a plot; nullptr: no brush
    Tab brushedIn_ = scatter;
    Numbers plotted_; // the runs whose columns the plots have
    std::vector<std::string> plottedNames_;
    std::string suitedTo_; // an experiment, whose metrics these are:
    QStringList suited_;
    QStringList wanted_; // to be selected when they are found
    bool everFound_ = false, sizing_ = false;
    QString error_;
    std::vector<std::string> sizedFor_; // columns
};

} // namespace vitrine
