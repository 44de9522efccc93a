#pragma once

#include "core/store/filter.h"

#include <QJsonArray>
#include <QString>
#include <QTimer>
#include <QWidget>

class QCompleter;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QStringListModel;

namespace vitrine
{

class FlowLayout;

// The filter of the runs: one text (core/store/filter.h), its terms as chips that can be taken
// away, a menu that adds terms, completions while typing, saved searches. What is not understood is
// said under the field.
class FilterBar : public QWidget
{
    Q_OBJECT
public:
    explicit FilterBar(QWidget* parent = nullptr);

    QString text() const;
    void setText(const QString& text); // emits nothing
    const RunFilter& filter() const { return filter_; }

    void setVocabulary(RunVocabulary words);
    void setUnknownNames(const std::vector<FilterProblem>& problems);
    void setCount(const QString& words); // "1,234 runs", at the right of the field
    // A chip of its own, for what plots have brushed; empty: none.
    void setBrush(const QString& words);

    QJsonArray saved() const { return saved_; } // [{"name": "good", "filter": "psnr_y>40"}, ...]
    void setSaved(const QJsonArray& saved) { saved_ = saved; }

signals:
    void filterChanged(); // by a person, when the typing rests
    void brushDropped();
    void savedChanged();

private:
    QWidget* makeField();
    void fillAddMenu();
    void fillSavedMenu();
    void offerCompletions();
    void takeCompletion(const QString& text);
    void parse();
    void rebuildChips();
    void addTerm(const QString& term);
    void removeTerm(const FilterTerm& term);
    void begin(const QString& start); // a term that is still to be completed by typing
    void showProblems();
    void saveAs(const QString& name);

    QLineEdit* line_;
    QLabel *count_, *problem_;
    QPushButton *add_, *savedButton_;
    QMenu *addMenu_, *savedMenu_;
    QWidget* chips_;
    FlowLayout* flow_;
    QCompleter* completer_;
    QStringListModel* offers_;
    std::vector<FilterCompletion> completions_;
    QTimer typing_;
    RunFilter filter_;
    std::vector<FilterProblem> unknown_;
    RunVocabulary words_;
    QJsonArray saved_;
    QString brush_;
};

} // namespace vitrine
