create function keep_rows() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % stay as they are', tg_table_name using errcode = 'restrict_violation';
end $$;

CREATE TABLE act (
  owner_id UUID NOT NULL,
  number INTEGER NOT NULL,
  party_id UUID,
  conversation_id UUID,
  question TEXT NOT NULL,
  module TEXT NOT NULL,
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  answer TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  commitment BYTEA NOT NULL,
  previous BYTEA NOT NULL,
  link BYTEA NOT NULL,
  detail BYTEA NOT NULL,
  is_sealed BOOLEAN DEFAULT true NOT NULL,
  CONSTRAINT pk_act PRIMARY KEY (owner_id, number),
  CONSTRAINT ck_act_owned CHECK (num_nonnulls(party_id, conversation_id) >= 1)
);

CREATE INDEX ix_act_party_id_question ON act (party_id, question, number);

CREATE TABLE act_salt (
  owner_id UUID NOT NULL,
  number INTEGER NOT NULL,
  sealed_salt BYTEA NOT NULL,
  is_sealed BOOLEAN DEFAULT true NOT NULL,
  CONSTRAINT pk_act_salt PRIMARY KEY (owner_id, number)
);

CREATE TABLE audit_event (
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  who TEXT NOT NULL,
  colleague_id UUID,
  action TEXT NOT NULL,
  party_id UUID,
  subject_id UUID,
  detail JSONB NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (number)
);

CREATE INDEX ix_audit_event_colleague_id ON audit_event (colleague_id, number);

CREATE INDEX ix_audit_event_party_id ON audit_event (party_id);

CREATE TABLE call_request (
  id UUID NOT NULL,
  party_id UUID,
  conversation_id UUID NOT NULL,
  sealed_detail BYTEA NOT NULL,
  state TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  answered_by UUID,
  answered_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_call_request PRIMARY KEY (id)
);

CREATE INDEX ix_call_request_state ON call_request (state, at);

alter table call_request alter column sealed_detail set storage external;

CREATE TABLE chain_head (
  owner_id UUID NOT NULL,
  number INTEGER NOT NULL,
  link BYTEA,
  CONSTRAINT pk_chain_head PRIMARY KEY (owner_id)
);

CREATE TABLE client_import (
  id UUID NOT NULL,
  colleague_id UUID,
  program TEXT,
  format TEXT NOT NULL,
  sealed_source BYTEA NOT NULL,
  language TEXT NOT NULL,
  fingerprint BYTEA,
  counts JSONB NOT NULL,
  read_at TIMESTAMP WITH TIME ZONE NOT NULL,
  wrapped_key BYTEA,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_client_import PRIMARY KEY (id)
);

CREATE INDEX ix_client_import_fingerprint ON client_import (fingerprint) WHERE fingerprint is not null;

CREATE INDEX ix_client_import_read_at ON client_import (read_at);

alter table client_import alter column sealed_source set storage external;

alter table client_import alter column wrapped_key set storage external;

CREATE TABLE code_try (
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  address BYTEA NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_code_try PRIMARY KEY (id)
);

CREATE INDEX ix_code_try_address ON code_try (address, kind, at);

CREATE INDEX ix_code_try_at ON code_try (at);

CREATE TABLE colleague (
  id UUID NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_active BOOLEAN DEFAULT true NOT NULL,
  failed_count INTEGER NOT NULL,
  locked_until TIMESTAMP WITH TIME ZONE,
  wrapped_key BYTEA,
  sealed_second BYTEA,
  is_second_on BOOLEAN DEFAULT false NOT NULL,
  second_step BIGINT DEFAULT '0' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_colleague PRIMARY KEY (id),
  CONSTRAINT uq_colleague_email UNIQUE (email)
);

alter table colleague alter column wrapped_key set storage external;

alter table colleague alter column sealed_second set storage external;

CREATE TABLE conversation (
  id UUID NOT NULL,
  secret_sha256 BYTEA NOT NULL,
  party_id UUID,
  wrapped_key BYTEA,
  snapshot BYTEA NOT NULL,
  version INTEGER NOT NULL,
  language TEXT NOT NULL,
  channel TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_conversation PRIMARY KEY (id),
  CONSTRAINT uq_conversation_secret_sha256 UNIQUE (secret_sha256)
)
 WITH (fillfactor = 60, toast_tuple_target = 8160);

CREATE INDEX ix_conversation_party_id ON conversation (party_id) WHERE party_id is not null;

alter table conversation alter column wrapped_key set storage external;

alter table conversation alter column snapshot set storage external;

CREATE TABLE document (
  id UUID NOT NULL,
  party_id UUID,
  conversation_id UUID,
  kind TEXT NOT NULL,
  submission_id UUID,
  receipt_id UUID,
  offer_id UUID,
  policy_id UUID,
  sealed_title BYTEA NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  sealed_sha256 BYTEA NOT NULL,
  stored_at TIMESTAMP WITH TIME ZONE NOT NULL,
  copied_at TIMESTAMP WITH TIME ZONE,
  verified_at TIMESTAMP WITH TIME ZONE NOT NULL,
  damaged_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_document PRIMARY KEY (id),
  CONSTRAINT ck_document_owned CHECK (num_nonnulls(party_id, conversation_id) >= 1)
);

CREATE INDEX ix_document_damaged_at ON document (damaged_at) WHERE damaged_at is not null;

CREATE INDEX ix_document_party_id ON document (party_id);

CREATE INDEX ix_document_receipt_id ON document (receipt_id);

CREATE INDEX ix_document_sha256 ON document (sha256);

CREATE INDEX ix_document_uncopied ON document (stored_at) WHERE copied_at is null;

CREATE INDEX ix_document_verified_at ON document (verified_at);

alter table document alter column sealed_title set storage external;

CREATE TABLE erasure (
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  colleague_id UUID,
  reason TEXT,
  ordered_at TIMESTAMP WITH TIME ZONE,
  agreed_by UUID,
  agreed_at TIMESTAMP WITH TIME ZONE,
  erased_at TIMESTAMP WITH TIME ZONE,
  number TEXT,
  record JSONB NOT NULL,
  letter_key BYTEA,
  listed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_erasure PRIMARY KEY (id),
  CONSTRAINT uq_erasure_number UNIQUE (number)
);

CREATE INDEX ix_erasure_letter ON erasure (erased_at) WHERE letter_key is not null;

CREATE INDEX ix_erasure_party_id ON erasure (party_id);

CREATE INDEX ix_erasure_unlisted ON erasure (erased_at) WHERE listed_at is null and erased_at is not null;

CREATE UNIQUE INDEX uq_erasure_open ON erasure (party_id) WHERE erased_at is null;

alter table erasure alter column letter_key set storage external;

CREATE TABLE export_order (
  id UUID NOT NULL,
  colleague_id UUID,
  subject TEXT NOT NULL,
  format TEXT NOT NULL,
  wanted JSONB NOT NULL,
  aim TEXT NOT NULL,
  purpose TEXT NOT NULL,
  language TEXT NOT NULL,
  rows BIGINT NOT NULL,
  ordered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  agreed_by UUID,
  agreed_at TIMESTAMP WITH TIME ZONE,
  fetched_at TIMESTAMP WITH TIME ZONE,
  destroyed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_export_order PRIMARY KEY (id)
);

CREATE INDEX ix_export_order_ordered_at ON export_order (ordered_at);

CREATE TABLE incoming_file (
  id UUID NOT NULL,
  source TEXT NOT NULL,
  fingerprint BYTEA NOT NULL,
  import_id UUID,
  problem TEXT,
  sealed_told BYTEA NOT NULL,
  wrapped_key BYTEA NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_at TIMESTAMP WITH TIME ZONE NOT NULL,
  is_settled BOOLEAN NOT NULL,
  CONSTRAINT pk_incoming_file PRIMARY KEY (id)
);

CREATE INDEX ix_incoming_file_source ON incoming_file (source, at);

alter table incoming_file alter column sealed_told set storage external;

alter table incoming_file alter column wrapped_key set storage external;

CREATE TABLE ledger_key (
  number SERIAL NOT NULL,
  public_key BYTEA NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  signature BYTEA NOT NULL,
  cross_signature BYTEA,
  CONSTRAINT pk_ledger_key PRIMARY KEY (number),
  CONSTRAINT uq_ledger_key_public_key UNIQUE (public_key)
);

CREATE TABLE ledger_leaf (
  position BIGSERIAL NOT NULL,
  owner_id UUID NOT NULL,
  number INTEGER NOT NULL,
  link BYTEA NOT NULL,
  CONSTRAINT pk_ledger_leaf PRIMARY KEY (position),
  CONSTRAINT uq_ledger_leaf_owner_id_number UNIQUE (owner_id, number)
);

CREATE TABLE ledger_root (
  day DATE NOT NULL,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  peaks BYTEA NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  key_number INTEGER NOT NULL,
  signature BYTEA NOT NULL,
  CONSTRAINT pk_ledger_root PRIMARY KEY (day)
);

CREATE TABLE ledger_witness (
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  token BYTEA,
  CONSTRAINT pk_ledger_witness PRIMARY KEY (day, kind)
);

CREATE TABLE outgoing_mail (
  id UUID NOT NULL,
  party_id UUID,
  conversation_id UUID,
  submission_id UUID,
  receipt_id UUID,
  offer_id UUID,
  policy_id UUID,
  document_id UUID,
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  sealed_payload BYTEA NOT NULL,
  message_id TEXT NOT NULL,
  needs_consent TEXT,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT,
  sent_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_outgoing_mail PRIMARY KEY (id),
  CONSTRAINT ck_outgoing_mail_owned CHECK (num_nonnulls(party_id, conversation_id) >= 1),
  CONSTRAINT uq_outgoing_mail_message_id UNIQUE (message_id)
);

CREATE INDEX ix_outgoing_mail_party_id ON outgoing_mail (party_id);

CREATE INDEX ix_outgoing_mail_receipt_id ON outgoing_mail (receipt_id);

CREATE INDEX ix_outgoing_mail_state ON outgoing_mail (state, id);

alter table outgoing_mail alter column sealed_payload set storage external;

CREATE TABLE party (
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  display_name TEXT,
  municipality TEXT,
  province TEXT,
  region TEXT,
  language TEXT NOT NULL,
  agent_id UUID,
  sealed_contact BYTEA,
  wrapped_key BYTEA,
  erased_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_party PRIMARY KEY (id)
);

CREATE INDEX ix_party_agent_id ON party (agent_id);

alter table party alter column sealed_contact set storage external;

alter table party alter column wrapped_key set storage external;

CREATE TABLE past_paper (
  document_id UUID NOT NULL,
  sha256 BYTEA NOT NULL,
  receipt_id UUID,
  policy_id UUID,
  CONSTRAINT pk_past_paper PRIMARY KEY (document_id)
);

CREATE INDEX ix_past_paper_sha256 ON past_paper (sha256);

CREATE TABLE prepared_card (
  id UUID NOT NULL,
  blind_index BYTEA,
  wrapped_key BYTEA,
  sealed_card BYTEA NOT NULL,
  form TEXT NOT NULL,
  language TEXT NOT NULL,
  colleague_id UUID NOT NULL,
  source TEXT NOT NULL,
  prepared_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state TEXT NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_prepared_card PRIMARY KEY (id)
);

CREATE INDEX ix_prepared_card_blind_index ON prepared_card (blind_index) WHERE blind_index is not null;

CREATE INDEX ix_prepared_card_colleague_id ON prepared_card (colleague_id, state);

CREATE INDEX ix_prepared_card_ends_at ON prepared_card (ends_at) WHERE state = 'open';

alter table prepared_card alter column wrapped_key set storage external;

alter table prepared_card alter column sealed_card set storage external;

CREATE TABLE receipt_signature (
  receipt_id UUID NOT NULL,
  root_day DATE,
  key_number INTEGER NOT NULL,
  signature BYTEA NOT NULL,
  CONSTRAINT pk_receipt_signature PRIMARY KEY (receipt_id)
);

CREATE TABLE sync_batch (
  id UUID NOT NULL,
  target TEXT NOT NULL,
  number INTEGER NOT NULL,
  records INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_sync_batch PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_sync_batch_number ON sync_batch (target, number);

CREATE UNIQUE INDEX uq_sync_batch_open ON sync_batch (target) WHERE state <> 'sent';

CREATE TABLE sync_record (
  id UUID NOT NULL,
  target TEXT NOT NULL,
  record_id TEXT NOT NULL,
  party_id UUID NOT NULL,
  state TEXT NOT NULL,
  change TEXT,
  sealed_sent BYTEA,
  sealed_due BYTEA,
  sealed_theirs BYTEA,
  problem TEXT,
  is_forced BOOLEAN NOT NULL,
  noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE,
  batch_id UUID,
  CONSTRAINT pk_sync_record PRIMARY KEY (id)
);

CREATE INDEX ix_sync_record_batch_id ON sync_record (batch_id) WHERE batch_id is not null;

CREATE INDEX ix_sync_record_due ON sync_record (target, state, id) WHERE state <> 'sent';

CREATE INDEX ix_sync_record_party_id ON sync_record (party_id);

CREATE UNIQUE INDEX uq_sync_record_target ON sync_record (target, record_id);

alter table sync_record alter column sealed_sent set storage external;

alter table sync_record alter column sealed_due set storage external;

alter table sync_record alter column sealed_theirs set storage external;

CREATE TABLE sync_target (
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  cursor TIMESTAMP WITH TIME ZONE,
  compared_on DATE,
  last_number INTEGER NOT NULL,
  CONSTRAINT pk_sync_target PRIMARY KEY (name)
);

CREATE TABLE takeover (
  id UUID NOT NULL,
  party_id UUID,
  conversation_id UUID NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  colleague_id UUID,
  taken_at TIMESTAMP WITH TIME ZONE,
  written_at TIMESTAMP WITH TIME ZONE,
  ended_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_takeover PRIMARY KEY (id)
);

CREATE INDEX ix_takeover_waiting ON takeover (asked_at) WHERE ended_at is null;

CREATE UNIQUE INDEX uq_takeover_open ON takeover (conversation_id) WHERE ended_at is null;

CREATE TABLE turn (
  conversation_id UUID NOT NULL,
  number INTEGER NOT NULL,
  incoming_id TEXT,
  incoming BYTEA,
  replies BYTEA NOT NULL,
  is_sealed BOOLEAN DEFAULT true NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_turn PRIMARY KEY (conversation_id, number)
);

CREATE UNIQUE INDEX uq_turn_incoming ON turn (conversation_id, incoming_id) WHERE incoming_id is not null;

alter table turn alter column incoming set storage external;

alter table turn alter column replies set storage external;

CREATE TABLE upload (
  document_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  owner_id UUID NOT NULL,
  bytes BIGINT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  looked_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_upload PRIMARY KEY (document_id)
);

CREATE INDEX ix_upload_at ON upload (at);

CREATE INDEX ix_upload_conversation_id ON upload (conversation_id, at);

CREATE INDEX ix_upload_owner_id ON upload (owner_id, at);

CREATE TABLE year_counter (
  series TEXT NOT NULL,
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  CONSTRAINT pk_year_counter PRIMARY KEY (series, year)
);

CREATE TABLE account (
  party_id UUID NOT NULL,
  name_index BYTEA NOT NULL,
  sealed_name BYTEA NOT NULL,
  sealed_password BYTEA NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  failed_count INTEGER NOT NULL,
  locked_until TIMESTAMP WITH TIME ZONE,
  sealed_second BYTEA,
  is_second_on BOOLEAN NOT NULL,
  second_step BIGINT NOT NULL,
  CONSTRAINT pk_account PRIMARY KEY (party_id),
  CONSTRAINT fk_account_party_id FOREIGN KEY(party_id) REFERENCES party (id),
  CONSTRAINT uq_account_name_index UNIQUE (name_index)
);

alter table account alter column sealed_name set storage external;

alter table account alter column sealed_password set storage external;

alter table account alter column sealed_second set storage external;

CREATE TABLE account_code (
  address BYTEA NOT NULL,
  form_sha256 BYTEA NOT NULL,
  party_id UUID,
  code_sha256 BYTEA NOT NULL,
  sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
  tries INTEGER NOT NULL,
  CONSTRAINT pk_account_code PRIMARY KEY (address, form_sha256),
  CONSTRAINT fk_account_code_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_account_code_sent_at ON account_code (sent_at);

CREATE TABLE account_session (
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  token_sha256 BYTEA NOT NULL,
  device_sha256 BYTEA NOT NULL,
  sealed_browser BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  password_at TIMESTAMP WITH TIME ZONE NOT NULL,
  awaits_second BOOLEAN NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_account_session PRIMARY KEY (id),
  CONSTRAINT fk_account_session_party_id FOREIGN KEY(party_id) REFERENCES party (id),
  CONSTRAINT uq_account_session_token_sha256 UNIQUE (token_sha256)
);

CREATE INDEX ix_account_session_party_id ON account_session (party_id);

alter table account_session alter column sealed_browser set storage external;

CREATE TABLE approach (
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  kind TEXT NOT NULL,
  way TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_approach PRIMARY KEY (id),
  CONSTRAINT fk_approach_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_approach_party_id ON approach (party_id, at);

CREATE TABLE card_check (
  party_id UUID NOT NULL,
  confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  put_off_at TIMESTAMP WITH TIME ZONE,
  asked_at TIMESTAMP WITH TIME ZONE,
  asked_by TEXT,
  doubted_at TIMESTAMP WITH TIME ZONE,
  doubted_by TEXT,
  look_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_card_check PRIMARY KEY (party_id),
  CONSTRAINT fk_card_check_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_card_check_confirmed_at ON card_check (confirmed_at, party_id);

CREATE INDEX ix_card_check_doubted_at ON card_check (confirmed_at, party_id) WHERE doubted_at is not null;

CREATE INDEX ix_card_check_look_at ON card_check (look_at);

CREATE TABLE card_revision (
  party_id UUID NOT NULL,
  number INTEGER NOT NULL,
  submission_id UUID,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  sealed_answers BYTEA NOT NULL,
  typed_by TEXT NOT NULL,
  channel TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_card_revision PRIMARY KEY (party_id, number),
  CONSTRAINT fk_card_revision_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

alter table card_revision alter column sealed_answers set storage external;

CREATE TABLE chat (
  chat_index BYTEA NOT NULL,
  conversation_id UUID NOT NULL,
  wrapped_key BYTEA NOT NULL,
  sealed_number BYTEA NOT NULL,
  opened_by TEXT NOT NULL,
  told INTEGER NOT NULL,
  shown TEXT NOT NULL,
  asked_in BIGINT NOT NULL,
  has_keyboard BOOLEAN NOT NULL,
  is_elsewhere BOOLEAN NOT NULL,
  is_reachable BOOLEAN NOT NULL,
  papers_told TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_chat PRIMARY KEY (chat_index),
  CONSTRAINT uq_chat_conversation_id UNIQUE (conversation_id),
  CONSTRAINT fk_chat_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

alter table chat alter column wrapped_key set storage external;

alter table chat alter column sealed_number set storage external;

CREATE TABLE import_row (
  id UUID NOT NULL,
  import_id UUID NOT NULL,
  colleague_id UUID,
  line BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  conflict TEXT,
  is_doubtful BOOLEAN NOT NULL,
  party_id UUID,
  blind_email BYTEA,
  blind_tax_code BYTEA,
  sealed_row BYTEA NOT NULL,
  decision TEXT,
  decided_by UUID,
  decided_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_import_row PRIMARY KEY (id),
  CONSTRAINT fk_import_row_import_id FOREIGN KEY(import_id) REFERENCES client_import (id)
);

CREATE INDEX ix_import_row_blind_email ON import_row (blind_email) WHERE blind_email is not null;

CREATE INDEX ix_import_row_blind_tax_code ON import_row (blind_tax_code) WHERE blind_tax_code is not null;

CREATE INDEX ix_import_row_import_id ON import_row (import_id, line);

CREATE INDEX ix_import_row_party_id ON import_row (party_id) WHERE party_id is not null;

alter table import_row alter column sealed_row set storage external;

CREATE TABLE kept_apart (
  id UUID NOT NULL,
  erasure_id UUID NOT NULL,
  until DATE NOT NULL,
  wrapped_key BYTEA,
  CONSTRAINT pk_kept_apart PRIMARY KEY (id),
  CONSTRAINT fk_kept_apart_erasure_id FOREIGN KEY(erasure_id) REFERENCES erasure (id)
);

CREATE INDEX ix_kept_apart_erasure_id ON kept_apart (erasure_id);

CREATE INDEX ix_kept_apart_until ON kept_apart (until) WHERE wrapped_key is not null;

alter table kept_apart alter column wrapped_key set storage external;

CREATE TABLE party_identifier (
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  kind TEXT NOT NULL,
  blind_index BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  proved_at TIMESTAMP WITH TIME ZONE,
  is_current BOOLEAN DEFAULT true NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_party_identifier PRIMARY KEY (id),
  CONSTRAINT fk_party_identifier_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_party_identifier_blind_index ON party_identifier (kind, blind_index);

CREATE UNIQUE INDEX uq_party_identifier_current ON party_identifier (party_id, kind, blind_index) WHERE is_current;

CREATE UNIQUE INDEX uq_party_identifier_proved ON party_identifier (kind, blind_index) WHERE proved_at is not null and is_current;

alter table party_identifier alter column sealed set storage external;

CREATE TABLE party_name (
  party_id UUID NOT NULL,
  agent_id UUID,
  folded TEXT NOT NULL,
  CONSTRAINT pk_party_name PRIMARY KEY (party_id),
  CONSTRAINT fk_party_name_party_id FOREIGN KEY(party_id) REFERENCES party (id) ON DELETE CASCADE
);

CREATE INDEX ix_party_name_folded ON party_name USING gin (folded gin_trgm_ops);

CREATE TABLE receipt (
  id UUID NOT NULL,
  number TEXT NOT NULL,
  kind TEXT NOT NULL,
  party_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  submission_id UUID,
  submission_version INTEGER,
  offer_id UUID,
  language TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  sealed_stamp BYTEA NOT NULL,
  utc_offset TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  head BYTEA NOT NULL,
  text_sha256 BYTEA NOT NULL,
  CONSTRAINT pk_receipt PRIMARY KEY (id),
  CONSTRAINT uq_receipt_number UNIQUE (number),
  CONSTRAINT fk_receipt_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_receipt_party_id ON receipt (party_id);

CREATE INDEX ix_receipt_submission_id ON receipt (submission_id);

alter table receipt alter column sealed_stamp set storage external;

CREATE TABLE sender (
  sender_index BYTEA NOT NULL,
  conversation_id UUID NOT NULL,
  opened_by TEXT NOT NULL,
  told INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_sender PRIMARY KEY (sender_index),
  CONSTRAINT uq_sender_conversation_id UNIQUE (conversation_id),
  CONSTRAINT fk_sender_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id)
);

CREATE TABLE staff_device (
  token_sha256 BYTEA NOT NULL,
  colleague_id UUID NOT NULL,
  password_sha256 BYTEA NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  failed_count INTEGER NOT NULL,
  locked_until TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_staff_device PRIMARY KEY (token_sha256),
  CONSTRAINT fk_staff_device_colleague_id FOREIGN KEY(colleague_id) REFERENCES colleague (id)
);

CREATE INDEX ix_staff_device_colleague_id ON staff_device (colleague_id);

CREATE TABLE staff_session (
  token_sha256 BYTEA NOT NULL,
  colleague_id UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  awaits_second BOOLEAN NOT NULL,
  CONSTRAINT pk_staff_session PRIMARY KEY (token_sha256),
  CONSTRAINT fk_staff_session_colleague_id FOREIGN KEY(colleague_id) REFERENCES colleague (id)
);

CREATE INDEX ix_staff_session_colleague_id ON staff_session (colleague_id);

CREATE TABLE submission (
  id UUID NOT NULL,
  party_id UUID NOT NULL,
  agent_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  form TEXT NOT NULL,
  form_version TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  sealed_answers BYTEA NOT NULL,
  sealed_pricing BYTEA,
  indicative_cents BIGINT,
  premium_cents BIGINT,
  tariff_version TEXT,
  missing_count INTEGER NOT NULL,
  draft_begun_at TIMESTAMP WITH TIME ZONE,
  claimed_by UUID,
  claimed_until TIMESTAMP WITH TIME ZONE,
  waiting_since TIMESTAMP WITH TIME ZONE NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_submission PRIMARY KEY (id),
  CONSTRAINT uq_submission_party_id_form_draft_begun_at UNIQUE (party_id, form, draft_begun_at),
  CONSTRAINT fk_submission_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_submission_agent_id ON submission (agent_id, state, waiting_since, id);

CREATE INDEX ix_submission_claimed_by ON submission (claimed_by) WHERE claimed_by is not null;

CREATE INDEX ix_submission_party_id ON submission (party_id);

CREATE INDEX ix_submission_state ON submission (state, waiting_since, id);

alter table submission alter column sealed_answers set storage external;

alter table submission alter column sealed_pricing set storage external;

CREATE TABLE entry (
  id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  token_sha256 BYTEA,
  secret_sha256 BYTEA,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  session_id UUID,
  CONSTRAINT pk_entry PRIMARY KEY (id),
  CONSTRAINT fk_entry_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversation (id),
  CONSTRAINT uq_entry_token_sha256 UNIQUE (token_sha256),
  CONSTRAINT uq_entry_secret_sha256 UNIQUE (secret_sha256),
  CONSTRAINT fk_entry_session_id FOREIGN KEY(session_id) REFERENCES account_session (id) ON DELETE CASCADE
);

CREATE INDEX ix_entry_conversation_id ON entry (conversation_id);

CREATE INDEX ix_entry_expires_at ON entry (expires_at);

CREATE INDEX ix_entry_session_id ON entry (session_id) WHERE session_id is not null;

CREATE TABLE offer (
  id UUID NOT NULL,
  submission_id UUID NOT NULL,
  party_id UUID NOT NULL,
  premium_cents BIGINT NOT NULL,
  valid_until DATE NOT NULL,
  state TEXT NOT NULL,
  sealed_reason BYTEA,
  made_by UUID,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  document_id UUID,
  decided_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_offer PRIMARY KEY (id),
  CONSTRAINT fk_offer_submission_id FOREIGN KEY(submission_id) REFERENCES submission (id),
  CONSTRAINT fk_offer_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_offer_open ON offer (state, valid_until);

CREATE INDEX ix_offer_party_id ON offer (party_id);

CREATE INDEX ix_offer_submission_id ON offer (submission_id);

alter table offer alter column sealed_reason set storage external;

CREATE TABLE submission_event (
  id UUID NOT NULL,
  submission_id UUID NOT NULL,
  party_id UUID NOT NULL,
  version INTEGER NOT NULL,
  act TEXT NOT NULL,
  state_before TEXT,
  state_after TEXT NOT NULL,
  who TEXT NOT NULL,
  colleague_id UUID,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  sealed_detail BYTEA,
  CONSTRAINT pk_submission_event PRIMARY KEY (id),
  CONSTRAINT uq_submission_event_submission_id_version UNIQUE (submission_id, version),
  CONSTRAINT fk_submission_event_submission_id FOREIGN KEY(submission_id) REFERENCES submission (id),
  CONSTRAINT fk_submission_event_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_submission_event_party_id ON submission_event (party_id);

alter table submission_event alter column sealed_detail set storage external;

CREATE TABLE policy (
  id UUID NOT NULL,
  number TEXT NOT NULL,
  submission_id UUID NOT NULL,
  offer_id UUID NOT NULL,
  party_id UUID NOT NULL,
  premium_cents BIGINT NOT NULL,
  starts_on DATE,
  issued_by UUID,
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  document_id UUID,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_policy PRIMARY KEY (id),
  CONSTRAINT uq_policy_number UNIQUE (number),
  CONSTRAINT uq_policy_submission_id UNIQUE (submission_id),
  CONSTRAINT fk_policy_submission_id FOREIGN KEY(submission_id) REFERENCES submission (id),
  CONSTRAINT uq_policy_offer_id UNIQUE (offer_id),
  CONSTRAINT fk_policy_offer_id FOREIGN KEY(offer_id) REFERENCES offer (id),
  CONSTRAINT fk_policy_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);

CREATE INDEX ix_policy_party_id ON policy (party_id);

create function take_agent() returns trigger language plpgsql as $$
begin
  select coalesce(agent_id, '00000000-0000-0000-0000-000000000000') into new.agent_id from party where id = new.party_id for share;
  return new;
end $$;

create trigger take_agent before insert or update of party_id, agent_id on submission for each row execute function take_agent();

create function hand_over() returns trigger language plpgsql as $$
begin
  update submission set agent_id = coalesce(new.agent_id, '00000000-0000-0000-0000-000000000000') where party_id = new.id;
  return null;
end $$;

create trigger hand_over after update of agent_id on party for each row execute function hand_over();

create function fold_name(name text) returns text language sql immutable strict parallel safe
as $$ select regexp_replace(normalize(lower(name), nfkd), '[\u0300-\u036f]', '', 'g') $$;

create function keep_name() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.display_name is null then
    delete from party_name where party_id = new.id;
  else
    insert into party_name values (new.id, new.agent_id, fold_name(new.display_name))
    on conflict (party_id) do update set agent_id = excluded.agent_id, folded = excluded.folded;
  end if;
  return null;
end $$;

create trigger keep_name after insert or update of display_name, agent_id on party for each row execute function keep_name();

create function parties_named(part text, most integer) returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp set enable_bitmapscan = on set enable_seqscan = on as $$
declare
  who text := nullif(current_setting('sospeso.role', true), '');
  me uuid := nullif(current_setting('sospeso.staff', true), '')::uuid;
begin
  return query execute $find$
    select party_id from party_name where folded like $1
    and ($2 in ('system', 'manager', 'auditor') or ($2 = 'agent' and (agent_id is null or agent_id = $3))) limit $4
  $find$ using '%' || regexp_replace(fold_name(part), '([\\%_])', '\\\1', 'g') || '%', who, me, most;
end $$;

revoke all on function parties_named(text, integer), keep_name() from public;

grant execute on function parties_named(text, integer) to sospeso_app;

grant select, insert on act to sospeso_app;

create trigger keep_rows before update or delete or truncate on act for each statement execute function keep_rows();

alter table act enable row level security;

alter table act force row level security;

create policy act_system on act to sospeso_system, sospeso_owner using (true);

create policy act_party on act to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = act.party_id)));

grant select, insert, update, delete on act_salt to sospeso_app;

alter table act_salt enable row level security;

alter table act_salt force row level security;

create policy act_salt_system on act_salt to sospeso_system, sospeso_owner using (true);

grant select, insert on audit_event to sospeso_app;

create trigger keep_rows before update or delete or truncate on audit_event for each statement execute function keep_rows();

alter table audit_event enable row level security;

alter table audit_event force row level security;

create policy audit_event_system on audit_event to sospeso_system, sospeso_owner using (true);

create policy audit_event_own on audit_event to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor', 'admin') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and colleague_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid));

grant select, insert, update, delete on call_request to sospeso_app;

alter table call_request enable row level security;

alter table call_request force row level security;

create policy call_request_system on call_request to sospeso_system, sospeso_owner using (true);

create policy call_request_visitor on call_request to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and (party_id is null or exists (select from party where party.id = call_request.party_id))));

grant select, insert, update, delete on chain_head to sospeso_app;

alter table chain_head enable row level security;

alter table chain_head force row level security;

create policy chain_head_system on chain_head to sospeso_system, sospeso_owner using (true);

create policy chain_head_party on chain_head to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and owner_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = chain_head.owner_id)));

grant select, insert, update on client_import to sospeso_app;

create trigger keep_rows before delete or truncate on client_import for each statement execute function keep_rows();

alter table client_import enable row level security;

alter table client_import force row level security;

create policy client_import_system on client_import to sospeso_system, sospeso_owner using (true);

create policy client_import_preparer on client_import to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and colleague_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid));

grant select, insert, update, delete on code_try to sospeso_app;

alter table code_try enable row level security;

alter table code_try force row level security;

create policy code_try_system on code_try to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on colleague to sospeso_app;

alter table colleague enable row level security;

alter table colleague force row level security;

create policy colleague_system on colleague to sospeso_system, sospeso_owner using (true);

create policy colleague_staff on colleague to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert, update on conversation to sospeso_app;

create trigger keep_rows before delete or truncate on conversation for each statement execute function keep_rows();

alter table conversation enable row level security;

alter table conversation force row level security;

create policy conversation_system on conversation to sospeso_system, sospeso_owner using (true);

create policy conversation_party on conversation to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = conversation.party_id)));

grant select, insert, update, delete on document to sospeso_app;

alter table document enable row level security;

alter table document force row level security;

create policy document_system on document to sospeso_system, sospeso_owner using (true);

create policy document_party on document to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = document.party_id)));

grant select, insert, update on erasure to sospeso_app;

create trigger keep_rows before delete or truncate on erasure for each statement execute function keep_rows();

alter table erasure enable row level security;

alter table erasure force row level security;

create policy erasure_system on erasure to sospeso_system, sospeso_owner using (true);

create policy erasure_party on erasure to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = erasure.party_id)));

grant select, insert, update on export_order to sospeso_app;

create trigger keep_rows before delete or truncate on export_order for each statement execute function keep_rows();

alter table export_order enable row level security;

alter table export_order force row level security;

create policy export_order_system on export_order to sospeso_system, sospeso_owner using (true);

create policy export_order_own on export_order to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor', 'admin') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and colleague_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid));

grant select, insert, update, delete on incoming_file to sospeso_app;

alter table incoming_file enable row level security;

alter table incoming_file force row level security;

create policy incoming_file_system on incoming_file to sospeso_system, sospeso_owner using (true);

create policy incoming_file_staff on incoming_file to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert on ledger_key to sospeso_app;

create trigger keep_rows before update or delete or truncate on ledger_key for each statement execute function keep_rows();

alter table ledger_key enable row level security;

alter table ledger_key force row level security;

create policy ledger_key_system on ledger_key to sospeso_system, sospeso_owner using (true);

create policy ledger_key_staff on ledger_key to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert on ledger_leaf to sospeso_app;

create trigger keep_rows before update or delete or truncate on ledger_leaf for each statement execute function keep_rows();

alter table ledger_leaf enable row level security;

alter table ledger_leaf force row level security;

create policy ledger_leaf_system on ledger_leaf to sospeso_system, sospeso_owner using (true);

grant select, insert on ledger_root to sospeso_app;

create trigger keep_rows before update or delete or truncate on ledger_root for each statement execute function keep_rows();

alter table ledger_root enable row level security;

alter table ledger_root force row level security;

create policy ledger_root_system on ledger_root to sospeso_system, sospeso_owner using (true);

create policy ledger_root_staff on ledger_root to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert on ledger_witness to sospeso_app;

create trigger keep_rows before update or delete or truncate on ledger_witness for each statement execute function keep_rows();

alter table ledger_witness enable row level security;

alter table ledger_witness force row level security;

create policy ledger_witness_system on ledger_witness to sospeso_system, sospeso_owner using (true);

create policy ledger_witness_staff on ledger_witness to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert, update, delete on outgoing_mail to sospeso_app;

alter table outgoing_mail enable row level security;

alter table outgoing_mail force row level security;

create policy outgoing_mail_system on outgoing_mail to sospeso_system, sospeso_owner using (true);

create policy outgoing_mail_party on outgoing_mail to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = outgoing_mail.party_id)));

grant select, insert, update, delete on party to sospeso_app;

alter table party enable row level security;

alter table party force row level security;

create policy party_system on party to sospeso_system, sospeso_owner using (true);

create policy party_party on party to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and (agent_id is null or agent_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid)));

grant select, insert on past_paper to sospeso_app;

create trigger keep_rows before update or delete or truncate on past_paper for each statement execute function keep_rows();

alter table past_paper enable row level security;

alter table past_paper force row level security;

create policy past_paper_system on past_paper to sospeso_system, sospeso_owner using (true);

grant select, insert, update on prepared_card to sospeso_app;

create trigger keep_rows before delete or truncate on prepared_card for each statement execute function keep_rows();

alter table prepared_card enable row level security;

alter table prepared_card force row level security;

create policy prepared_card_system on prepared_card to sospeso_system, sospeso_owner using (true);

create policy prepared_card_preparer on prepared_card to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and colleague_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid));

grant select, insert on receipt_signature to sospeso_app;

create trigger keep_rows before update or delete or truncate on receipt_signature for each statement execute function keep_rows();

alter table receipt_signature enable row level security;

alter table receipt_signature force row level security;

create policy receipt_signature_system on receipt_signature to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on sync_batch to sospeso_app;

alter table sync_batch enable row level security;

alter table sync_batch force row level security;

create policy sync_batch_system on sync_batch to sospeso_system, sospeso_owner using (true);

create policy sync_batch_staff on sync_batch to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert, update, delete on sync_record to sospeso_app;

alter table sync_record enable row level security;

alter table sync_record force row level security;

create policy sync_record_system on sync_record to sospeso_system, sospeso_owner using (true);

create policy sync_record_party on sync_record to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = sync_record.party_id)));

grant select, insert, update, delete on sync_target to sospeso_app;

alter table sync_target enable row level security;

alter table sync_target force row level security;

create policy sync_target_system on sync_target to sospeso_system, sospeso_owner using (true);

create policy sync_target_staff on sync_target to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert, update, delete on takeover to sospeso_app;

alter table takeover enable row level security;

alter table takeover force row level security;

create policy takeover_system on takeover to sospeso_system, sospeso_owner using (true);

create policy takeover_visitor on takeover to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and (party_id is null or exists (select from party where party.id = takeover.party_id))));

grant select, insert on turn to sospeso_app;

create trigger keep_rows before update or delete or truncate on turn for each statement execute function keep_rows();

alter table turn enable row level security;

alter table turn force row level security;

create policy turn_system on turn to sospeso_system, sospeso_owner using (true);

create policy turn_conversation on turn to sospeso_app using (exists (select from conversation where conversation.id = turn.conversation_id));

grant select, insert, update, delete on upload to sospeso_app;

alter table upload enable row level security;

alter table upload force row level security;

create policy upload_system on upload to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on year_counter to sospeso_app;

alter table year_counter enable row level security;

alter table year_counter force row level security;

create policy year_counter_system on year_counter to sospeso_system, sospeso_owner using (true);

create policy year_counter_staff on year_counter to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('agent', 'manager', 'auditor', 'admin'));

grant select, insert, update, delete on account to sospeso_app;

alter table account enable row level security;

alter table account force row level security;

create policy account_system on account to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on account_code to sospeso_app;

alter table account_code enable row level security;

alter table account_code force row level security;

create policy account_code_system on account_code to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on account_session to sospeso_app;

alter table account_session enable row level security;

alter table account_session force row level security;

create policy account_session_system on account_session to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on approach to sospeso_app;

alter table approach enable row level security;

alter table approach force row level security;

create policy approach_system on approach to sospeso_system, sospeso_owner using (true);

create policy approach_party on approach to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = approach.party_id)));

grant select, insert, update, delete on card_check to sospeso_app;

alter table card_check enable row level security;

alter table card_check force row level security;

create policy card_check_system on card_check to sospeso_system, sospeso_owner using (true);

create policy card_check_party on card_check to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = card_check.party_id)));

grant select, insert on card_revision to sospeso_app;

create trigger keep_rows before update or delete or truncate on card_revision for each statement execute function keep_rows();

alter table card_revision enable row level security;

alter table card_revision force row level security;

create policy card_revision_system on card_revision to sospeso_system, sospeso_owner using (true);

create policy card_revision_party on card_revision to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = card_revision.party_id)));

grant select, insert, update, delete on chat to sospeso_app;

alter table chat enable row level security;

alter table chat force row level security;

create policy chat_system on chat to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on import_row to sospeso_app;

alter table import_row enable row level security;

alter table import_row force row level security;

create policy import_row_system on import_row to sospeso_system, sospeso_owner using (true);

create policy import_row_preparer on import_row to sospeso_app using ((select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and colleague_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid));

grant select, insert, update on kept_apart to sospeso_app;

create trigger keep_rows before delete or truncate on kept_apart for each statement execute function keep_rows();

alter table kept_apart enable row level security;

alter table kept_apart force row level security;

create policy kept_apart_system on kept_apart to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on party_identifier to sospeso_app;

alter table party_identifier enable row level security;

alter table party_identifier force row level security;

create policy party_identifier_system on party_identifier to sospeso_system, sospeso_owner using (true);

create policy party_identifier_party on party_identifier to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = party_identifier.party_id)));

grant select, insert on receipt to sospeso_app;

create trigger keep_rows before update or delete or truncate on receipt for each statement execute function keep_rows();

alter table receipt enable row level security;

alter table receipt force row level security;

create policy receipt_system on receipt to sospeso_system, sospeso_owner using (true);

create policy receipt_party on receipt to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = receipt.party_id)));

grant select, insert, update, delete on sender to sospeso_app;

alter table sender enable row level security;

alter table sender force row level security;

create policy sender_system on sender to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on staff_device to sospeso_app;

alter table staff_device enable row level security;

alter table staff_device force row level security;

create policy staff_device_system on staff_device to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on staff_session to sospeso_app;

alter table staff_session enable row level security;

alter table staff_session force row level security;

create policy staff_session_system on staff_session to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on submission to sospeso_app;

alter table submission enable row level security;

alter table submission force row level security;

create policy submission_system on submission to sospeso_system, sospeso_owner using (true);

create policy submission_party on submission to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and (agent_id = '00000000-0000-0000-0000-000000000000' or agent_id = (select nullif(current_setting('sospeso.staff', true), ''))::uuid)));

grant select, insert, update, delete on entry to sospeso_app;

alter table entry enable row level security;

alter table entry force row level security;

create policy entry_system on entry to sospeso_system, sospeso_owner using (true);

grant select, insert, update, delete on offer to sospeso_app;

alter table offer enable row level security;

alter table offer force row level security;

create policy offer_system on offer to sospeso_system, sospeso_owner using (true);

create policy offer_party on offer to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = offer.party_id)));

grant select, insert on submission_event to sospeso_app;

create trigger keep_rows before update or delete or truncate on submission_event for each statement execute function keep_rows();

alter table submission_event enable row level security;

alter table submission_event force row level security;

create policy submission_event_system on submission_event to sospeso_system, sospeso_owner using (true);

create policy submission_event_party on submission_event to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = submission_event.party_id)));

grant select, insert, update, delete on policy to sospeso_app;

alter table policy enable row level security;

alter table policy force row level security;

create policy policy_system on policy to sospeso_system, sospeso_owner using (true);

create policy policy_party on policy to sospeso_app using (((select nullif(current_setting('sospeso.role', true), '')) = 'party' and party_id = (select nullif(current_setting('sospeso.party', true), ''))::uuid) or (select nullif(current_setting('sospeso.role', true), '')) in ('manager', 'auditor') or ((select nullif(current_setting('sospeso.role', true), '')) = 'agent' and exists (select from party where party.id = policy.party_id)));

