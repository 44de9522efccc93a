#pragma once

#include "widgets/params/field.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPlainTextEdit;

namespace vitrine
{

class SegmentedSwitch;

class LineField : public Field
{
    Q_OBJECT
public:
    explicit LineField(QWidget* parent);
    QString text() const override;
    void setText(const QString& text) override;
    QWidget* input() const override;

private:
    QLineEdit* line_;
};

// Several lines; Enter asks for the run, Shift+Enter begins a new line.
class PromptField : public Field
{
    Q_OBJECT
public:
    explicit PromptField(QWidget* parent);
    QString text() const override;
    void setText(const QString& text) override;
    QWidget* input() const override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool cut_ = false; // the editor shows the beginning of whole_
    QString whole_;
    QPlainTextEdit* editor_;
};

class SwitchField : public Field
{
    Q_OBJECT
public:
    SwitchField(const ParamSpec& spec, QWidget* parent);
    QString text() const override; // "true" or "false"
    void setText(const QString& text) override;
    QWidget* input() const override;

private:
    QCheckBox* box_;
};

// All words visible where they are few and short, else a combo box.
class ChoiceField : public Field
{
    Q_OBJECT
public:
    ChoiceField(const ParamSpec& spec, QWidget* parent);
    QString text() const override;
    void setText(const QString& text) override;
    QWidget* input() const override;

private:
    ParamSpec spec_;
    QComboBox* combo_ = nullptr;
    SegmentedSwitch* words_ = nullptr;
};

// A path, typed, browsed for or dropped; for models a list of the shipped ones too.
class PathField : public Field
{
    Q_OBJECT
public:
    PathField(const ParamSpec& spec, QWidget* parent);
    QString text() const override;
    void setText(const QString& text) override;
    QWidget* input() const override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void browse();
    void take(const QString& path);

    ParamSpec spec_;
    QLineEdit* line_ = nullptr;
    QComboBox* combo_ = nullptr; // for models
};

} // namespace vitrine
