#pragma once

#include "core/jobs/experiment/params.h"

#include <QString>
#include <QWidget>

namespace vitrine
{

// The input of one parameter, whatever it looks like: a text in, a text out, as a script would
// write it.
class Field : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual QString text() const = 0;              // empty: not given
    virtual void setText(const QString& text) = 0; // emits nothing
    virtual QWidget*
    input() const = 0; // carries focus, accessible name and the mark of an invalid value
    void setInvalid(bool invalid);

signals:
    void edited();       // by a person, with every key
    void settled();      // an edit is complete (Enter, focus left, chosen from a list)
    void runRequested(); // Enter in a prompt, Ctrl+Enter in any field
};

// Number with unit (and slider where bounded), switch, combo, path with browse, prompt editor or
// line: as the spec says.
Field* createField(const ParamSpec& spec, QWidget* parent);

} // namespace vitrine
