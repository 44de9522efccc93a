#pragma once

#include "core/jobs/experiment/params.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace vitrine
{

class Field;

// One parameter in the form: name, reset, input, and under it the help line or what is wrong.
class ParamRow : public QWidget
{
    Q_OBJECT
public:
    ParamRow(const ParamSpec& spec, QWidget* parent);

    const ParamSpec& spec() const { return spec_; }
    Field* field() const { return field_; }

    QString text() const;
    void setText(const QString& text);
    QString fallback() const; // the default as text; empty where there is none
    bool isChanged() const;   // differs from the default
    QString problem() const; // of the text as it stands; empty where it is right. A missing text is
                             // not checked here.
    bool mayBeMissing() const;                // optional, with a default, or one of alternatives
    void setMark(const QString& words);       // why the row stands out; empty: it does not
    void showProblem(const QString& message); // empty: the help line again

signals:
    void edited();
    void settled();
    void runRequested();

private:
    void updateReset();

    ParamSpec spec_;
    Field* field_;
    QLabel *help_, *mark_;
    QToolButton* reset_;
};

} // namespace vitrine
