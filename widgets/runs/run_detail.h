#pragma once

#include "core/jobs/run_record.h"

#include <QScrollArea>

#include <memory>

class QLineEdit;
class QPlainTextEdit;
class QTimer;
class QVBoxLayout;

namespace vitrine
{

// All that is kept of one run, to be read and selected: results, parameters, inputs with hashes,
// tables, notes, error, circumstances. Tags and the person's note can be edited.
class RunDetail : public QScrollArea
{
    Q_OBJECT
public:
    explicit RunDetail(QWidget* parent = nullptr);

    void setRun(std::shared_ptr<const RunRecord> run); // nullptr: says that nothing is selected
    const RunRecord* run() const { return run_.get(); }

signals:
    void tagsEdited(qint64 number, const QStringList& tags);
    void noteEdited(qint64 number, const QString& note);

private:
    void showRun(QVBoxLayout& column);
    void addTagsAndNote(QVBoxLayout& column);

    std::shared_ptr<const RunRecord> run_;
};

// Parts that other places show too.
QWidget* metricGrid(const RunRecord& run, QWidget* parent); // name and value, two columns of text
QWidget* paramGrid(const RunRecord& run, QWidget* parent);
QWidget* inputList(const RunRecord& run, QWidget* parent); // path, size, hash
QWidget* tableSwitcher(const RunRecord& run, int tableHeight,
                       QWidget* parent); // nullptr without tables

} // namespace vitrine
