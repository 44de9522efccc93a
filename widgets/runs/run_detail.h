#pragma once

#include "core/jobs/experiment/run_record.h"
#include "core/store/lineage.h"

#include <QPointer>
#include <QScrollArea>

#include <memory>

class QLineEdit;
class QPlainTextEdit;
class QTimer;
class QVBoxLayout;

namespace vitrine
{

class Runner;

// All that is kept of one run, to be read and selected: results, parameters, inputs with hashes,
// tables, notes, error, circumstances. Tags and the person's note can be edited.
class RunDetail : public QScrollArea
{
    Q_OBJECT
public:
    explicit RunDetail(QWidget* parent = nullptr);

    // Where other runs are read from: those that this one repeats, shares inputs with, and so on.
    void setSource(Runner* runner) { runner_ = runner; }
    void setRun(std::shared_ptr<const RunRecord> run); // nullptr: says that nothing is selected
    const RunRecord* run() const { return run_.get(); }
    void finishNote(); // stores what is being typed without waiting for a pause

signals:
    void tagsEdited(qint64 number, const QStringList& tags);
    void noteEdited(qint64 number, const QString& note);
    void originRequested(const QString& uid, const QString& what); // "Where from?" of a value
    void filterWished(const QString& filter); // runs that share something with it
    void runsWished(const QStringList& uids); // to be opened

protected:
    void hideEvent(QHideEvent* event) override;

private:
    bool isUnderWay(const RunRecord& run) const; // it was resumed
    void showRun(QVBoxLayout& column);
    void addTagsAndNote(QVBoxLayout& column);
    void showNote(const std::string& note);
    void addRepeat(QVBoxLayout& column);
    void addLineage(QVBoxLayout& column);
    void explainValues(QWidget& metrics);

    Runner* runner_ = nullptr;
    std::shared_ptr<const RunRecord> run_;
    bool shownUnderWay_ = false;
    QPointer<QPlainTextEdit> note_;
    QPointer<QTimer> pause_; // runs while what is typed is not stored yet
};

// Parts that other places show too.
QWidget* metricGrid(const RunRecord& run, QWidget* parent); // name and value, two columns of text
QWidget* paramGrid(const RunRecord& run, QWidget* parent);
QWidget* inputList(const RunRecord& run, QWidget* parent); // path, size, hash
QWidget* tableSwitcher(const RunRecord& run, int tableHeight,
                       QWidget* parent); // nullptr without tables; its chooser is named "Table"
// What came out when `after` repeated `before`: whether the computed values are equal to the last
// bit or where they differ, and the measured ones side by side.
QWidget* repeatOutcome(const RunRecord& before, const RunRecord& after, QWidget* parent);

} // namespace vitrine
