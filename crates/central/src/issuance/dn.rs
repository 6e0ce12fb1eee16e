//! Distinguished names, with the string types the standard wants (RFC 5280 appendix A: country is PrintableString).

use rcgen::{DistinguishedName, DnType, DnValue};

fn printable(text: &str) -> anyhow::Result<DnValue> {
    Ok(DnValue::PrintableString(text.try_into().map_err(|e| anyhow::anyhow!("{text}: {e}"))?))
}

/// C=JP, O=`organisation`.
pub(super) fn organisation(organisation: &str) -> anyhow::Result<DistinguishedName> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, printable("JP")?);
    name.push(DnType::OrganizationName, DnValue::Utf8String(organisation.to_owned()));
    Ok(name)
}

/// C=JP, O=`organisation`, CN=`common`.
pub(super) fn authority(organisation_name: &str, common: &str) -> anyhow::Result<DistinguishedName> {
    let mut name = organisation(organisation_name)?;
    name.push(DnType::CommonName, DnValue::Utf8String(common.to_owned()));
    Ok(name)
}

/// The subject of a customer's certificate: C=JP, O, OU=WEB-FB, CN=user ID, serialNumber=contract number.
pub(super) fn login(organisation_name: &str, user: &str, contract: &str) -> anyhow::Result<DistinguishedName> {
    let mut name = organisation(organisation_name)?;
    name.push(DnType::OrganizationalUnitName, DnValue::Utf8String("WEB-FB".to_owned()));
    name.push(DnType::CommonName, DnValue::Utf8String(user.to_owned()));
    // X.520 serialNumber (2.5.4.5).
    name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), printable(contract)?);
    Ok(name)
}
